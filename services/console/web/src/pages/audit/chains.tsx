import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import { opsPath } from '../../api/client.ts';
import { type ChainBody, chainQuery } from '../../api/chains.ts';
import { useSession } from '../../api/session.tsx';
import { asProblem } from '../../api/problem.ts';
import { Icon } from '../../ui/icon.tsx';
import { Panel } from '../../ui/panels.tsx';
import { Ago, At } from '../../ui/times.tsx';
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
    ...chainQuery(service),
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
          <NotAsPublished chain={data} />
        </span>
      )}
      {data !== undefined && <span className="muted small">{comparedWords(data)}</span>}
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

/** The entry that is not as it was published, and when that was. */
function NotAsPublished({ chain: { published } }: { readonly chain: ChainBody }): ReactElement | undefined {
  if (published.compared === 'no' || published.problem === undefined) return undefined;
  const { seq, problem, publishedAt } = published.problem;
  return (
    <>
      {' '}
      at entry {seq}, published <At at={publishedAt} />: {problem}
    </>
  );
}

function comparedWords({ published }: ChainBody): string {
  if (published.compared === 'no') return `not compared with what was published: ${published.why}`;
  if (published.heads === 0) return 'nothing of it was published yet';
  return `compared with ${counted(published.heads, 'published end')}`;
}
