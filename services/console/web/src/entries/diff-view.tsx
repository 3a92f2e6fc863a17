import type { ReactElement } from 'react';
import { dataDiff, hasChanges, withContext } from '../schema/data-diff.ts';

interface DiffViewProps {
  readonly before: unknown;
  readonly after: unknown;
  readonly label: string;
}

const signs = { same: ' ', added: '+', removed: '−' } as const;
const words = { same: '', added: 'added: ', removed: 'removed: ' } as const;

/** How two versions of an event differ, by sign, word and colour. */
export function DiffView({ before, after, label }: DiffViewProps): ReactElement {
  const diff = dataDiff(before, after);
  if (!hasChanges(diff)) return <p className="muted">Nothing differs.</p>;
  return (
    // It scrolls by itself, so it can be focused.
    <div className="diff" role="group" aria-label={label} tabIndex={0}>
      {withContext(diff).map((line, index) =>
        line === 'gap' ? (
          <div key={index} className="diff-gap">
            …
          </div>
        ) : (
          // Lines have no name but their place.
          <div key={index} className={`diff-line diff-${line.change}`}>
            <span aria-hidden="true">{signs[line.change]}</span>
            <span>
              <span className="visually-hidden">{words[line.change]}</span>
              {line.text}
            </span>
          </div>
        ),
      )}
    </div>
  );
}
