import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { useMemo, type ReactElement } from 'react';
import type { TraceBody } from '../../api/bodies.ts';
import { traceQuery } from '../../api/queries.ts';
import { causesOf, journeySteps } from '../../journey/causes.ts';
import { hitsOf, hitsOfMatches, journeyTitle, type Hit } from '../../journey/journey-title.ts';
import { CopyButton } from '../../ui/ids.tsx';
import { useNow } from '../../ui/now.ts';
import { Loading, Panel } from '../../ui/panels.tsx';
import { ProblemPanel, Unreachable } from '../../ui/problems.tsx';
import { StateBadge } from '../../ui/state-badge.tsx';
import { Ago } from '../../ui/times.tsx';
import { shortId } from '../../words/names.ts';
import { CausesGraph } from './causes-graph.tsx';
import { EventDetail } from './event-detail.tsx';
import { WaterfallView } from './waterfall-view.tsx';
import './journey.css';

const route = getRouteApi('/journey/$id');

/** What happened to one business thing: what caused what, and what took the time. */
export function JourneyPage(): ReactElement {
  const { id } = route.useParams();
  const trace = useQuery(traceQuery(id));
  if (trace.data === undefined) {
    return (
      <div className="page">
        <h1>Journey of {shortId(id)}</h1>
        {trace.error === null ? (
          <Loading what="the journey" />
        ) : (
          <ProblemPanel
            what="The journey could not be loaded."
            error={trace.error}
            still="Failures and flows are there."
            onRetry={() => void trace.refetch()}
          />
        )}
      </div>
    );
  }
  return <Found id={id} body={trace.data} />;
}

function Found({ id, body }: { readonly id: string; readonly body: TraceBody }): ReactElement {
  const { event } = route.useSearch();
  const navigate = route.useNavigate();
  const now = useNow();
  const steps = useMemo(() => journeySteps(body), [body]);
  const causes = useMemo(() => causesOf(steps), [steps]);
  const hits = useMemo(
    () => (body.matches === undefined ? hitsOf(causes.nodes, steps) : hitsOfMatches(body.matches)),
    [body.matches, causes, steps],
  );
  const title = journeyTitle(causes.nodes, now);
  const unreachable = <Unreachable services={body.unreachable} what="steps" />;
  if (title === undefined && hits.length > 0) {
    return (
      <div className="page">
        <h1>{shortId(id)}</h1>
        {unreachable}
        <Hits hits={hits} id={id} />
      </div>
    );
  }
  if (title === undefined) return <NothingFound id={id}>{unreachable}</NothingFound>;
  const picked = causes.nodes.find((node) => node.eventId === event);
  const pick = (eventId: string | undefined) =>
    void navigate({ search: { event: eventId ?? '' }, replace: true, resetScroll: false });
  return (
    <div className="page">
      <div>
        <h1 title={title.id}>
          {title.noun} {shortId(title.id)} <CopyButton text={title.id} what={`${title.noun.toLowerCase()} id`} />
        </h1>
        <p className="journey-story">
          <StateBadge state={title.state} />
          <span>{title.story}</span>
        </p>
      </div>
      {unreachable}
      {body.services.some(({ cut }) => cut) && (
        <p className="notice">
          There is more than is shown here. Search for one event or one correlation id to see less of it, whole.
        </p>
      )}
      {hits.length > 1 && <Hits hits={hits} id={id} />}
      <Panel title="What caused what">
        <CausesGraph causes={causes} picked={picked?.eventId} onPick={pick} />
        {picked !== undefined && <EventDetail node={picked} onClose={() => pick(undefined)} />}
      </Panel>
      <WaterfallView nodes={causes.nodes} now={now} />
    </div>
  );
}

interface NothingFoundProps {
  readonly id: string;
  readonly children: ReactElement | undefined;
}

function NothingFound({ id, children }: NothingFoundProps): ReactElement {
  return (
    <div className="page">
      <h1>Nothing is known of {shortId(id)}</h1>
      {children}
      <p>
        No service published or handled anything with this id. An id is looked for whole: copy it whole, and see that it
        belongs to this environment. What is older than the services keep is gone.{' '}
        <Link to="/journey">Search again</Link>
      </p>
    </div>
  );
}

/** An id that leads to several stories: a short list to choose from. */
function Hits({ hits, id }: { readonly hits: readonly Hit[]; readonly id: string }): ReactElement {
  return (
    <Panel title={`${hits.length} stories belong to this id`}>
      <ul className="plain-list">
        {hits.map((hit) => (
          <li key={hit.correlationId} data-row>
            {hit.correlationId === id ? (
              <strong>{hit.title}</strong>
            ) : (
              <Link to="/journey/$id" params={{ id: hit.correlationId }} data-row-link>
                {hit.title}
              </Link>
            )}
            <span className="sub">
              {hit.events}
              {hit.at !== undefined && (
                <>
                  , begun <Ago at={hit.at} />
                </>
              )}
            </span>
          </li>
        ))}
      </ul>
    </Panel>
  );
}
