import type { ConsumerView, Overview } from '@waybill/service/operations';
import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { Panel } from '../../ui/panels.tsx';
import { counted } from '../../words/counting.ts';
import { LagCell, ParkedCell, StateCell, VisibilityCell } from '../overview/flow-cells.tsx';
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
              <th scope="col">Visible after</th>
              <th scope="col">Lag</th>
              <th scope="col">Parked</th>
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
        <StateCell consumer={consumer} />
      </td>
      <td className="wide topics" data-label="Topics">
        {consumer.topics.map((topic) => (
          <code key={topic}>{topic}</code>
        ))}
      </td>
      <td data-label="Visible after">
        <VisibilityCell service={service} consumer={consumer} />
      </td>
      <td data-label="Lag">
        <LagCell service={service} consumer={consumer} />
      </td>
      <td data-label="Parked">
        <ParkedCell service={service} consumer={consumer} />
      </td>
    </tr>
  );
}
