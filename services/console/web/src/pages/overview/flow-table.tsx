import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { useSession } from '../../api/session.tsx';
import { flowKey, type FlowRow } from '../../flows/flow-rows.ts';
import type { HeldRow } from '../../lists/held-list.ts';
import { LagCell, ParkedCell, StateCell, VisibilityCell } from './flow-cells.tsx';
import { RelayRow, SilentRow } from './other-rows.tsx';

/** Every flow with how it stands. */
export function FlowTable({ rows }: { readonly rows: readonly HeldRow<FlowRow>[] }): ReactElement {
  return (
    <div className="table-wrap">
      <table className="table table-cards flow-table">
        <thead>
          <tr>
            <th scope="col">Flow</th>
            <th scope="col">State</th>
            <th scope="col">Visible after</th>
            <th scope="col">Lag</th>
            <th scope="col">Parked</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ item, gone }) => (
            <Row key={flowKey(item)} row={item} gone={gone} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ row, gone }: { readonly row: FlowRow; readonly gone: boolean }): ReactElement {
  const { owners } = useSession();
  if (row.kind === 'silent') return <SilentRow service={row.service} problem={row.problem} />;
  if (row.kind === 'relay') return <RelayRow service={row.service} relay={row.relay} />;
  const { service, consumer } = row;
  const owner = owners[service];
  return (
    <tr data-row className={gone ? 'gone' : ''}>
      <td className="wide">
        <Link
          to="/flows/$service/$consumer"
          params={{ service, consumer: consumer.name }}
          className="row-title"
          data-row-link
        >
          {consumer.name}
        </Link>
        <span className="sub">
          {service}
          {owner === undefined ? '' : ` of ${owner}`} · {consumer.kind}
          {consumer.criticality === 'normal' ? '' : ` · ${consumer.criticality}`}
          {gone ? ' · gone since' : ''}
        </span>
      </td>
      <td data-label="State">
        <StateCell consumer={consumer} />
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
