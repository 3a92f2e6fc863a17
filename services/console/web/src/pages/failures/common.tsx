import type { ReactElement } from 'react';
import type { CommonGround } from '../../failures/common-ground.ts';
import { Facts, Panel } from '../../ui/panels.tsx';
import { counted, grouped, percent } from '../../words/counting.ts';

interface CommonProps {
  readonly ground: CommonGround;
  /** Entries of the group, and how many of them were looked at. */
  readonly total: number;
  readonly seen: number;
}

/** What the entries of a group share and in what they differ: where a cause hides. */
export function Common({ ground, total, seen }: CommonProps): ReactElement {
  return (
    <Panel title="What they have in common">
      {seen < total && (
        <p className="muted small">
          Of the first {grouped(seen)} of {grouped(total)}.
        </p>
      )}
      <Facts facts={ground.shared.map(({ name, value }) => [name, value])} />
      {ground.differing.length > 0 && (
        <div className="facet">
          <h3>How they differ</h3>
          {ground.differing.map((facet) => (
            <div key={facet.name} className="facet">
              <span className="muted small">{facet.name}</span>
              {facet.values.slice(0, 5).map(({ value, count }) => (
                <span key={value} className="facet-value">
                  <span>{value}</span>
                  <span className="tabular">
                    {grouped(count)} <span className="muted">({percent(count / seen)})</span>
                  </span>
                </span>
              ))}
              {facet.values.length > 5 && (
                <span className="muted small">and {counted(facet.values.length - 5, 'other')}</span>
              )}
            </div>
          ))}
        </div>
      )}
    </Panel>
  );
}
