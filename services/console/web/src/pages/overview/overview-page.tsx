import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { ReactElement } from 'react';
import { overviewQuery } from '../../api/queries.ts';
import { flowKey, flowRows } from '../../flows/flow-rows.ts';
import { overviewSentence } from '../../flows/overview-sentence.ts';
import { useHeldList } from '../../lists/use-held-list.ts';
import { FreshBar } from '../../ui/fresh-bar.tsx';
import { Icon } from '../../ui/icon.tsx';
import { useNow } from '../../ui/now.ts';
import { Empty, Loading } from '../../ui/panels.tsx';
import { ProblemPanel } from '../../ui/problems.tsx';
import { FlowTable } from './flow-table.tsx';
import { Lately } from './lately.tsx';
import './overview.css';

/** Is anyone hurt: one sentence, then every flow, worst first. */
export function OverviewPage(): ReactElement {
  const overview = useQuery(overviewQuery);
  const now = useNow();
  const rows = overview.data === undefined ? undefined : flowRows(overview.data);
  const held = useHeldList(rows, flowKey, 'overview');
  if (overview.data === undefined) {
    return (
      <div className="page">
        <h1>Overview</h1>
        {overview.error === null ? (
          <Loading what="the overview" />
        ) : (
          <ProblemPanel
            what="The overview could not be loaded."
            error={overview.error}
            still="Events go on without the console."
            onRetry={() => void overview.refetch()}
          />
        )}
      </div>
    );
  }
  const sentence = overviewSentence(overview.data, now);
  return (
    <div className="page">
      <div className={`sentence sentence-${sentence.tone}`}>
        <Icon name={sentence.tone} />
        <div>
          <h1>{sentence.headline}</h1>
          {sentence.details.map(({ text, flow }) => (
            <p key={text}>
              {flow === undefined ? (
                text
              ) : (
                <Link
                  to="/flows/$service/$consumer"
                  params={flow}
                  search={sentence.tone === 'dead' ? { state: 'dead' } : {}}
                >
                  {text}
                </Link>
              )}
            </p>
          ))}
        </div>
      </div>
      <div className="overview-columns">
        <section className="stack" aria-labelledby="flows-heading">
          <h2 id="flows-heading">Flows, worst first</h2>
          <FreshBar fresh={held.fresh} changed={held.changed} onShow={held.showLatest} />
          {held.rows.length === 0 ? (
            <Empty title="No flow yet">Each consumer, and the publishing of each service, has a row here.</Empty>
          ) : (
            <FlowTable rows={held.rows} />
          )}
        </section>
        <Lately overview={overview.data} />
      </div>
    </div>
  );
}
