import type { ReactElement } from 'react';

const paths = {
  waiting: 'M8 1.5a6.5 6.5 0 1 0 0 13 6.5 6.5 0 0 0 0-13ZM8 4.5V8l2.5 1.5',
  retrying: 'M13.5 8A5.5 5.5 0 1 1 11.6 3.8M13.5 1.5v3.2h-3.2',
  dead: 'M5.3 1.5h5.4l3.8 3.8v5.4l-3.8 3.8H5.3l-3.8-3.8V5.3ZM5.8 5.8l4.4 4.4M10.2 5.8l-4.4 4.4',
  running: 'M4.5 2.5v11l9-5.5Z',
  done: 'M2.5 8.5l3.5 3.5 7.5-8',
  lock: 'M4 7.5h8v6H4ZM5.5 7.5V5a2.5 2.5 0 0 1 5 0v2.5',
  search: 'M7 2a5 5 0 1 0 0 10A5 5 0 0 0 7 2ZM10.7 10.7 14 14',
  menu: 'M2 4h12M2 8h12M2 12h12',
  close: 'M3.5 3.5l9 9M12.5 3.5l-9 9',
  copy: 'M5.5 5.5h8v8h-8ZM10.5 5.5v-3h-8v8h3',
  outside: 'M9 2.5h4.5V7M13.5 2.5 7 9M11.5 9.5v4h-9v-9h4',
  next: 'M6 3l5 5-5 5',
  down: 'M3 6l5 5 5-5',
  alert: 'M8 2 1.5 13.5h13ZM8 6.5v3.5M8 11.8v.2',
  pause: 'M5 3v10M11 3v10',
  person: 'M8 2a3 3 0 1 0 0 6 3 3 0 0 0 0-6ZM2.5 14c0-3 2.5-4.5 5.5-4.5s5.5 1.5 5.5 4.5',
  rising: 'M2.5 11.5 6.5 7l3 3 4-5.5M10 4.5h3.5V8',
  falling: 'M2.5 4.5 6.5 9l3-3 4 5.5M10 11.5h3.5V8',
  steady: 'M2.5 8h11M10.5 5l3 3-3 3',
  quiet: 'M3 8h10',
} as const;

export type IconName = keyof typeof paths;

/** A picture of 16 px in the colour of its text; it says nothing by itself, so a word stands beside it. */
export function Icon({ name }: { readonly name: IconName }): ReactElement {
  return (
    <svg className="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
      <path
        d={paths[name]}
        fill={name === 'running' ? 'currentColor' : 'none'}
        stroke="currentColor"
        strokeWidth="1.6"
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
