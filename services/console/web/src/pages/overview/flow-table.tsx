import { Link } from '@tanstack/react-router';
import type { ReactElement, ReactNode } from 'react';
import type { GroupOfService } from '../../api/bodies.ts';
import { addedHours } from '../../failures/failure-words.ts';
import { flowKey, type FlowRow } from '../../flows/flow-rows.ts';
import { standStill } from '../../flows/overview-sentence.ts';
import type { HeldRow } from '../../lists/held-list.ts';
import { HourStrip } from '../../ui/hour-strip.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import { For } from '../../ui/times.tsx';
import { grouped } from '../../words/counting.ts';
import { consumerState } from '../../words/states.ts';
import { RelayRow, SilentRow } from './other-rows.tsx';

interface FlowTableProps {
  readonly rows: readonly HeldRow<FlowRow>[];
  readonly groups: readonly GroupOfService[];
}

/** Every flow with how it stands. */
export function FlowTable({ rows, groups }: FlowTableProps): ReactElement {
  return (
    <div className="table-wrap">
      <table className="table table-cards">
        <thead>
          <tr>
            <th scope="col">Flow</th>
            <th scope="col">State</th>
            <th scope="col">Stands still</th>
            <th scope="col">In its queues</th>
            <th scope="col">Failed attempts, 24 h</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ item, gone }) => (
            <Row key={flowKey(item)} row={item} groups={groups} gone={gone} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface RowProps {
  readonly row: FlowRow;
  readonly groups: readonly GroupOfService[];
  readonly gone: boolean;
}

function Row({ row, groups, gone }: RowProps): ReactElement {
  if (row.kind === 'silent') return <SilentRow service={row.service} problem={row.problem} />;
  if (row.kind === 'relay') return <RelayRow service={row.service} relay={row.relay} />;
  const { service, consumer } = row;
  const { state, detail } = consumerState(consumer);
  const own = groups.filter((group) => group.service === service && group.consumer === consumer.name);
  const params = { service, consumer: consumer.name };
  return (
    <tr data-row className={gone ? 'gone' : ''}>
      <td className="wide">
        <Link to="/flows/$service/$consumer" params={params} className="row-title" data-row-link>
          {consumer.name}
        </Link>
        <span className="sub">
          {service} · {consumer.kind}
          {consumer.criticality === 'normal' ? '' : ` · ${consumer.criticality}`}
          {gone ? ' · gone since' : ''}
        </span>
      </td>
      <td data-label="State">
        <StateBadge state={state} />
        {detail !== undefined && <span className="sub">{detail}</span>}
      </td>
      <td data-label="Stands still">
        {consumer.dead === 0 ? (
          <span className="muted">nothing</span>
        ) : (
          <>
            <Link to="/flows/$service/$consumer" params={params} search={{ state: 'dead' }} className="hurt">
              {consumer.blockedEntities > 0 ? standStill(consumer) : `${grouped(consumer.dead)} dead`}
            </Link>
            {consumer.oldestDeadAt !== undefined && (
              <span className="sub">
                oldest for <For at={consumer.oldestDeadAt} />
              </span>
            )}
          </>
        )}
      </td>
      <td data-label="In its queues">
        <Queue>
          {(['dead', 'retrying', 'waiting'] as const)
            .filter((name) => consumer[name] > 0)
            .map((name) => (
              <Link
                key={name}
                to="/flows/$service/$consumer"
                params={params}
                search={{ state: name }}
                className={`count count-${name}`}
              >
                {grouped(consumer[name])} {name}
              </Link>
            ))}
        </Queue>
      </td>
      <td data-label="Failed attempts, 24 h">
        {own.length === 0 ? (
          <span className="muted">none</span>
        ) : (
          <Link
            to="/failures"
            search={{ service, consumer: consumer.name }}
            aria-label={`Failures of ${consumer.name}`}
            className="strip-link"
          >
            <HourStrip hours={addedHours(own.map((group) => group.hours))} />
          </Link>
        )}
      </td>
    </tr>
  );
}

function Queue({ children }: { readonly children: readonly ReactNode[] }): ReactElement {
  if (children.length === 0) return <span className="muted">empty</span>;
  return <span className="counts">{children}</span>;
}
