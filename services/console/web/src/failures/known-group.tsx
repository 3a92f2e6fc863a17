import { useQuery } from '@tanstack/react-query';
import type { ReactElement } from 'react';
import type { KnownFailure } from '../api/known-bodies.ts';
import { knownFailuresQuery } from '../api/known-failures.ts';
import { useHeldList } from '../lists/use-held-list.ts';
import { FreshBar } from '../ui/fresh-bar.tsx';
import { Loading } from '../ui/panels.tsx';
import { ProblemPanel } from '../ui/problems.tsx';
import { counted } from '../words/counting.ts';
import { KnownTable } from './known-table.tsx';
import { SilentServices } from './silent-services.tsx';

interface KnownGroupProps {
  readonly service: string;
  readonly fingerprint: string;
}

/** The entries of one kind of failure, of a service that does not answer: to look at, and not to act on. */
export function KnownGroup({ service, fingerprint }: KnownGroupProps): ReactElement {
  const page = useQuery(knownFailuresQuery({ service, fingerprint, limit: '200' }));
  const held = useHeldList(page.data?.entries, entryKey, `${service} ${fingerprint}`);
  return (
    <section className="stack" aria-labelledby="known-heading">
      <SilentServices silent={page.data?.silent.filter((one) => one.service === service) ?? []} />
      <h2 id="known-heading">
        {page.data === undefined ? 'Entries' : counted(page.data.total, 'known entry', 'known entries')}
      </h2>
      <FreshBar fresh={held.fresh} changed={held.changed} onShow={held.showLatest} />
      {page.error !== null && (
        <ProblemPanel what="The entries could not be loaded." error={page.error} onRetry={() => void page.refetch()} />
      )}
      {page.data === undefined && page.error === null && <Loading what="the entries" />}
      {held.rows.length > 0 && <KnownTable rows={held.rows} />}
    </section>
  );
}

function entryKey(entry: KnownFailure): string {
  return entry.id;
}
