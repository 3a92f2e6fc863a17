import type { ShadowReport } from '@waybill/service/operations';
import type { ReactElement } from 'react';
import { IdLink } from '../../ui/ids.tsx';
import { Panel } from '../../ui/panels.tsx';
import { counted, grouped } from '../../words/counting.ts';
import { differenceWords, shadowSentence } from '../../words/shadow-words.ts';

/** How the new handlers differ from the living ones, by kind, with events to look at. Values are not in it. */
export function ShadowReportPanel({ report }: { readonly report: ShadowReport | undefined }): ReactElement {
  if (report === undefined) {
    return (
      <Panel title="What it found">
        <p className="muted">Nothing yet. How the handlers differ stands here with the first events.</p>
      </Panel>
    );
  }
  return (
    <Panel title="What it found">
      <div className="stack">
        <p>{shadowSentence(report)}</p>
        {report.equalByRows > 0 && (
          <p className="muted">
            Of the same, {grouped(report.equalByRows)} by the number of rows alone: their statements are other ones.
          </p>
        )}
        {report.differences.map(({ kind, count, examples }) => (
          <details key={kind} className="shadow-kind">
            <summary>
              {differenceWords[kind]}: {counted(count, 'event')}
            </summary>
            <ul className="shadow-examples">
              {examples.map(({ event, type, where }) => (
                <li key={event}>
                  <IdLink id={event} /> <span className="muted">{type}</span>
                  <div>{where.join('; ')}</div>
                </li>
              ))}
            </ul>
            {count > examples.length && <p className="muted">The first {examples.length} are kept.</p>}
          </details>
        ))}
      </div>
    </Panel>
  );
}
