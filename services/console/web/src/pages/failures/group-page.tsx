import type { ParkedSummary } from '@waybill/service/operations';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useState, type ReactElement } from 'react';
import type { GroupOfService } from '../../api/bodies.ts';
import { isSilence } from '../../api/known-failures.ts';
import { failuresQuery, parkedListQuery } from '../../api/queries.ts';
import { EntryList } from '../../entries/entry-list.tsx';
import { commonGround } from '../../failures/common-ground.ts';
import { failureHeadline, failurePlace, trendHint, trendOf } from '../../failures/failure-words.ts';
import { KnownGroup } from '../../failures/known-group.tsx';
import { HourStrip } from '../../ui/hour-strip.tsx';
import { Facts, Loading, Panel } from '../../ui/panels.tsx';
import { ProblemPanel } from '../../ui/problems.tsx';
import { At } from '../../ui/times.tsx';
import { counted, grouped } from '../../words/counting.ts';
import { Common } from './common.tsx';
import { Representative } from './representative.tsx';
import './failures.css';

const route = getRouteApi('/failures/$service/$fingerprint');

/** One kind of failure: an entry of it whole, what its entries share, and all of them with what can be done. */
export function GroupPage(): ReactElement {
  const { service, fingerprint } = route.useParams();
  const filter = route.useSearch();
  const navigate = route.useNavigate();
  const failures = useQuery(failuresQuery);
  const sample = useQuery(parkedListQuery(service, { fingerprint, limit: '200' }));
  const group = failures.data?.groups.find((one) => one.service === service && one.fingerprint === fingerprint);
  const isSilent = isSilence(sample.error);
  const entries = sample.data?.entries ?? [];
  const first = entries.find(({ state }) => state === 'dead') ?? entries[0];
  const { consumer, headline } = useLastKnown(group ?? first);
  return (
    <div className="page">
      <div>
        <nav className="crumbs" aria-label="Where this is">
          <Link to="/failures">Failures</Link> /{' '}
          <Link to="/failures" search={{ service }}>
            {service}
          </Link>
        </nav>
        <h1>{headline}</h1>
        {group !== undefined && (
          <p className="muted">
            {failurePlace(group)} · <code>{group.errorType}</code> · <code>{group.errorCode}</code>
          </p>
        )}
      </div>
      {sample.error !== null && !isSilent && (
        <ProblemPanel
          what="The entries of this failure could not be loaded."
          error={sample.error}
          still="Failures of other services are there."
          onRetry={() => void sample.refetch()}
        />
      )}
      {sample.data === undefined && sample.error === null && <Loading what="the entries" />}
      {sample.data !== undefined && entries.length === 0 && failures.data !== undefined && group === undefined && (
        <p className="notice">
          Nothing of this kind is parked any more. If it failed again, it would be here.{' '}
          <Link to="/failures">All failures</Link>
        </p>
      )}
      {group !== undefined && (
        <Panel title="How it goes">
          <div className="group-columns">
            <Facts
              facts={[
                ['Entries', <Entries key="entries" group={group} />],
                [
                  'Held up',
                  `${counted(group.blockedEntities, 'entity', 'entities')}, ${counted(group.blockedEvents, 'event')} behind them`,
                ],
                ['First seen', <At key="first" at={group.firstAt} />],
                ['Last seen', <At key="last" at={group.lastAt} />],
              ]}
            />
            <div>
              <HourStrip hours={group.hours} />
              <p className="sub">
                {trendOf(group.hours)}: {trendHint[trendOf(group.hours)]}
              </p>
            </div>
          </div>
        </Panel>
      )}
      {isSilent && <KnownGroup service={service} fingerprint={fingerprint} />}
      {first !== undefined && !isSilent && (
        <div className="group-columns">
          <Representative service={service} id={first.id} />
          <Common ground={commonGround(entries)} total={sample.data?.total ?? entries.length} seen={entries.length} />
        </div>
      )}
      {consumer !== undefined && !isSilent && (
        <EntryList
          service={service}
          consumer={consumer}
          fingerprint={fingerprint}
          filter={filter}
          onFilter={(part) => void navigate({ search: (before) => ({ ...before, ...part }), replace: true })}
        />
      )}
    </div>
  );
}

/** How many entries there are, by state, each number with the list that it counts. */
function Entries({ group }: { readonly group: GroupOfService }): ReactElement {
  return (
    <>
      <Link to="." search={{}} resetScroll={false}>
        {counted(group.entries, 'entry', 'entries')}
      </Link>
      :{' '}
      <Link to="." search={{ state: 'dead' }} resetScroll={false}>
        {grouped(group.dead)} dead
      </Link>
      ,{' '}
      <Link to="." search={{ state: 'retrying' }} resetScroll={false}>
        {grouped(group.retrying)} retrying
      </Link>
    </>
  );
}

interface Known {
  readonly consumer?: string;
  readonly headline: string;
}

/** What is known of the failure; also once its last entry is gone, so that whoever ended it sees how that went. */
function useLastKnown(failure: Pick<ParkedSummary, 'consumer' | 'message' | 'errorCode'> | undefined): Known {
  const [known, setKnown] = useState<Known>({ headline: 'A kind of failure' });
  if (failure === undefined) return known;
  const { consumer } = failure;
  const headline = failureHeadline(failure);
  if (known.consumer !== consumer || known.headline !== headline) setKnown({ consumer, headline });
  return { consumer, headline };
}
