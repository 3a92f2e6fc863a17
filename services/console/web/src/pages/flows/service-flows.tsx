import type { ConsumerView, Overview } from '@waybill/service/operations';
import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { Panel } from '../../ui/panels.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import { For } from '../../ui/times.tsx';
import { counted, grouped } from '../../words/counting.ts';
import { consumerState } from '../../words/states.ts';
import { RelayPanel } from './relay-panel.tsx';

/** The consumers of one service, and its relay. */
export function ServiceFlows({ overview }: { readonly overview: Overview }): ReactElement {
  return (
    <Panel
      title={overview.service}
      aside={<span className="muted">{counted(overview.consumers.length, 'consumer')}</span>}
    >
      {overview.consumers.length === 0 ? (
        <p className="muted">This service consumes nothing.</p>
      ) : (
        <table className="table table-cards flows-table">
          <thead>
            <tr>
              <th scope="col">Consumer</th>
              <th scope="col">State</th>
              <th scope="col">Topics</th>
              <th scope="col" className="number">
                Dead
              </th>
              <th scope="col" className="number">
                Retrying
              </th>
              <th scope="col" className="number">
                Waiting
              </th>
              <th scope="col">Oldest parked</th>
              <th scope="col" className="number">
                Handled
              </th>
            </tr>
          </thead>
          <tbody>
            {overview.consumers.map((consumer) => (
              <ConsumerRow key={consumer.name} service={overview.service} consumer={consumer} />
            ))}
          </tbody>
        </table>
      )}
      {overview.relay !== undefined && <RelayPanel service={overview.service} relay={overview.relay} />}
    </Panel>
  );
}

function ConsumerRow({
  service,
  consumer,
}: {
  readonly service: string;
  readonly consumer: ConsumerView;
}): ReactElement {
  const { state, detail } = consumerState(consumer);
  const params = { service, consumer: consumer.name };
  return (
    <tr data-row>
      <td className="wide">
        <Link to="/flows/$service/$consumer" params={params} className="row-title" data-row-link>
          {consumer.name}
        </Link>
        <span className="sub">
          {consumer.kind}, {consumer.criticality}
        </span>
      </td>
      <td className="wide">
        <StateBadge state={state} />
        {detail !== undefined && <span className="sub">{detail}</span>}
      </td>
      <td className="wide topics" data-label="Topics">
        {consumer.topics.map((topic) => (
          <code key={topic}>{topic}</code>
        ))}
      </td>
      {(['dead', 'retrying', 'waiting'] as const).map((name) => (
        <td key={name} className="number" data-label={name}>
          {consumer[name] === 0 ? (
            <span className="muted">0</span>
          ) : (
            <Link
              to="/flows/$service/$consumer"
              params={params}
              search={{ state: name }}
              className={`count count-${name}`}
            >
              {grouped(consumer[name])}
            </Link>
          )}
        </td>
      ))}
      <td data-label="Oldest parked">
        {consumer.oldestParkedAt === undefined ? (
          <span className="muted">none</span>
        ) : (
          <For at={consumer.oldestParkedAt} />
        )}
      </td>
      <td className="number" data-label="Handled" title="since the process that answered started">
        {grouped(consumer.handled)}
      </td>
    </tr>
  );
}
