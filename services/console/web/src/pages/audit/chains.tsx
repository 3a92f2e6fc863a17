import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { opsPath } from '../../api/client.ts';
import { verdictQuery } from '../../api/queries.ts';
import { useSession } from '../../api/session.tsx';
import { asProblem } from '../../api/problem.ts';
import { Icon } from '../../ui/icon.tsx';
import { Panel } from '../../ui/panels.tsx';
import { Ago } from '../../ui/times.tsx';
import { counted } from '../../words/counting.ts';

/** Whether the trail of each service is whole, and its export. */
export function Chains({ isAllowed }: { readonly isAllowed: boolean }): ReactElement {
  const { services } = useSession();
  return (
    <Panel title="Whether the trails are whole">
      <ul className="chains">
        {services.map((service) => (
          <Chain key={service} service={service} isAllowed={isAllowed} />
        ))}
      </ul>
    </Panel>
  );
}

function Chain({ service, isAllowed }: { readonly service: string; readonly isAllowed: boolean }): ReactElement {
  const { data, error, dataUpdatedAt, isFetching, refetch } = useQuery({
    ...verdictQuery(service),
    enabled: isAllowed,
  });
  return (
    <li>
      <strong>{service}</strong>
      {data?.verdict === 'intact' && (
        <span className="chain-intact">
          <Icon name="done" /> intact, {counted(data.entries, 'entry', 'entries')}
        </span>
      )}
      {data?.verdict === 'broken' && (
        <span className="hurt">
          <Icon name="dead" /> broken
          {data.problem === undefined ? '' : ` at entry ${data.problem.seq}: ${data.problem.problem}`}
        </span>
      )}
      {error !== null && (
        <span className="hurt">
          <Icon name="alert" /> could not be checked: {asProblem(error).message}
        </span>
      )}
      {data === undefined && error === null && (
        <span className="muted">{isAllowed ? 'is being checked' : 'not checked'}</span>
      )}
      {data !== undefined && (
        <span className="muted small">
          checked <Ago at={new Date(dataUpdatedAt).toISOString()} />
        </span>
      )}
      {isAllowed && (
        <span className="chain-links">
          <button type="button" className="text-button" disabled={isFetching} onClick={() => void refetch()}>
            check again<span className="visually-hidden"> the trail of {service}</span>
          </button>
          <a href={opsPath(service, 'audit/export')} download={`audit-${service}.jsonl`}>
            export<span className="visually-hidden"> the trail of {service} as JSON lines</span>
          </a>
        </span>
      )}
    </li>
  );
}
