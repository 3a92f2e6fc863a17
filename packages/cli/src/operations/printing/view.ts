import type { Colours } from './colours.ts';

/** How something is shown: with which marks, and as seen at which time. */
export interface View {
  readonly colours: Colours;
  readonly now: Date;
  /** Columns of the terminal; undefined in a pipe, where nothing is cut. */
  readonly width: number | undefined;
}

/** The beginning of a text that has no place, with a sign that there is more. */
export function cut(text: string, length: number): string {
  return text.length <= length ? text : `${text.slice(0, length - 1)}…`;
}
