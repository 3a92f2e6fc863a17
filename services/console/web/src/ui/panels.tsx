import type { ReactElement, ReactNode } from 'react';
import { Icon } from './icon.tsx';

interface PanelProps {
  readonly title: string;
  /** At the right of the title. */
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}

/** A part of a page with its heading. */
export function Panel({ title, aside, children }: PanelProps): ReactElement {
  const id = `panel-${title.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-')}`;
  return (
    <section className="panel" aria-labelledby={id}>
      <div className="panel-head">
        <h2 id={id}>{title}</h2>
        {aside}
      </div>
      {children}
    </section>
  );
}

interface EmptyProps {
  readonly title: string;
  /** What would appear here. */
  readonly children: ReactNode;
}

/** Nothing here: that is good news, and says what would appear. */
export function Empty({ title, children }: EmptyProps): ReactElement {
  return (
    <div className="empty">
      <span className="empty-icon">
        <Icon name="done" />
      </span>
      <p className="empty-title">{title}</p>
      <p className="muted">{children}</p>
    </div>
  );
}

/** Lines that stand where something will be, while it is loaded. */
export function Loading({ what }: { readonly what: string }): ReactElement {
  return (
    <div className="loading" role="status">
      <span className="visually-hidden">Loading {what}</span>
      <span className="bone" />
      <span className="bone" />
      <span className="bone" />
    </div>
  );
}

/** Facts by their names. */
export function Facts({ facts }: { readonly facts: readonly (readonly [string, ReactNode])[] }): ReactElement {
  return (
    <dl className="facts">
      {facts.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
