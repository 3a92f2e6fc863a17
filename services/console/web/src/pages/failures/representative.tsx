import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { parkedEntryQuery } from '../../api/queries.ts';
import { EventData } from '../../entries/event-data.tsx';
import { Loading, Panel } from '../../ui/panels.tsx';
import { ProblemPanel } from '../../ui/problems.tsx';
import { Ago } from '../../ui/times.tsx';
import { nounOf, shortId } from '../../words/names.ts';

/** One entry of a group, whole, since one real case tells more than counts. */
export function Representative({ service, id }: { readonly service: string; readonly id: string }): ReactElement {
  const { data, error } = useQuery(parkedEntryQuery(service, id));
  return (
    <Panel
      title="One of them"
      aside={
        <Link to="/parked/$service/$id" params={{ service, id }}>
          open this entry
        </Link>
      }
    >
      {data === undefined && error === null && <Loading what="an entry" />}
      {error !== null && (
        <ProblemPanel what="This entry could not be loaded." error={error} still="The list below works." />
      )}
      {data !== undefined && (
        <div className="stack">
          <p>
            <strong>
              {nounOf(data.aggregateType)} {shortId(data.aggregateId)}
            </strong>{' '}
            version {data.version}, parked <Ago at={data.parkedAt} />
          </p>
          {data.message !== undefined && <pre className="pre">{data.message}</pre>}
          <EventData entry={data} />
        </div>
      )}
    </Panel>
  );
}
