import type { FlowView } from '@waybill/service/operations';
import type { ReactElement } from 'react';
import { lagWords } from '../../flows/flow-words.ts';
import { Panel } from '../../ui/panels.tsx';
import { counted, grouped } from '../../words/counting.ts';

/** How far each partition is read; folded up while nothing waits. */
export function FlowPartitions({ partitions }: Pick<FlowView, 'partitions'>): ReactElement | undefined {
  if (partitions.length === 0) return undefined;
  const waiting = partitions.filter(({ lagEvents }) => lagEvents > 0);
  return (
    <Panel title="Partitions">
      <details open={waiting.length > 0}>
        <summary>
          {counted(partitions.length, 'partition')},{' '}
          {waiting.length === 0 ? 'all read to their end' : `${grouped(waiting.length)} with events that were not read`}
        </summary>
        <table className="table table-cards">
          <thead>
            <tr>
              <th scope="col">Topic</th>
              <th scope="col" className="number">
                Partition
              </th>
              <th scope="col" className="number">
                Next
              </th>
              <th scope="col" className="number">
                End
              </th>
              <th scope="col" className="number">
                Not read
              </th>
              <th scope="col" className="number">
                Oldest
              </th>
            </tr>
          </thead>
          <tbody>
            {partitions.map(({ topic, partition, nextOffset, high, lagEvents, ...lag }) => (
              <tr key={`${topic}/${partition}`}>
                <td className="wide">
                  <code>{topic}</code>
                </td>
                <td className="number" data-label="Partition">
                  {partition}
                </td>
                <td className="number" data-label="Next">
                  {nextOffset ?? 'nobody reads it yet'}
                </td>
                <td className="number" data-label="End">
                  {high}
                </td>
                <td className="number" data-label="Not read">
                  {grouped(lagEvents)}
                </td>
                <td className="number" data-label="Oldest">
                  {lagWords(lag) ?? <span className="muted">none</span>}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </details>
    </Panel>
  );
}
