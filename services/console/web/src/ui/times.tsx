import type { ReactElement } from 'react';
import { absoluteTime, relativeTime, since } from '../words/durations.ts';
import { useNow } from './now.ts';

/** A time as a list shows it: `3 min ago`, with the absolute one on hover. */
export function Ago({ at }: { readonly at: string }): ReactElement {
  const now = useNow();
  return (
    <time dateTime={at} title={absoluteTime(at)} className="tabular">
      {relativeTime(at, now)}
    </time>
  );
}

/** How long something has lasted: `12 min`, with when it began on hover. */
export function For({ at }: { readonly at: string }): ReactElement {
  const now = useNow();
  return (
    <time dateTime={at} title={`since ${absoluteTime(at)}`} className="tabular">
      {since(at, now)}
    </time>
  );
}

/** A time as a detail shows it: to the second and with its zone, then how long ago. */
export function At({ at }: { readonly at: string }): ReactElement {
  const now = useNow();
  return (
    <time dateTime={at} className="tabular">
      {absoluteTime(at)} <span className="muted">({relativeTime(at, now)})</span>
    </time>
  );
}
