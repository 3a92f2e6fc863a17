import {
  type ConsumerDefinition,
  type Queryable,
  type RelayStatus,
  type RunningConsumer,
  topicsOf,
} from '@waybill/messaging';
import { activePauses, auditHead, leftToDrain, listApprovals, listJobs, type PauseRow } from '@waybill/postgres';
import type { ConsumerView, Overview } from './api.ts';
import type { Flows } from '../flows/flows.ts';
import { breakerView } from '../flows/flows.ts';
import type { FlowNow } from './flow-api.ts';
import type { RelayPace } from '../flows/relay-pace.ts';
import { defined, pauseView } from './views.ts';

export interface OverviewSources {
  readonly service: string;
  readonly db: Queryable;
  readonly definitions: readonly ConsumerDefinition[];
  readonly running: () => readonly RunningConsumer[];
  readonly relay: () => RelayStatus | undefined;
  readonly flows: Pick<Flows, 'now'>;
  readonly relayPace: RelayPace;
}

/** How the service stands, as far as this process and its database know. */
export async function overviewOf(sources: OverviewSources): Promise<Overview> {
  const { db, service, definitions } = sources;
  const pauses = await activePauses(db);
  const counts = await countsOf(db);
  const draining = pauses.filter(({ mode }) => mode === 'drain').map(({ name }) => name);
  const left = await leftToDrain(db, draining);
  const flows = await sources.flows.now();
  const jobs = await listJobs(db);
  const approvals = await listApprovals(db, 'waiting');
  return defined({
    service,
    at: new Date().toISOString(),
    consumers: definitions.map((definition) =>
      consumerView(definition, { running: sources.running(), counts, pauses, flows, left }),
    ),
    relay: relayView(sources.relay(), sources.relayPace, pauses),
    pauses: pauses.map(pauseView),
    runningJobs: jobs.filter(({ state }) => state === 'running').length,
    waitingApprovals: approvals.length,
    audit: await auditHead(db),
  });
}

/** How this process publishes; one whose relay is paused says so, and one without a relay says nothing. */
function relayView(status: RelayStatus | undefined, pace: RelayPace, all: readonly PauseRow[]): Overview['relay'] {
  const pauses = all.filter(({ scope }) => scope === 'relay').map(pauseView);
  if (status === undefined) {
    if (!pauses.some(({ name }) => name === '*')) return undefined;
    return {
      ...{ connected: false, lagMs: 0, lagEvents: 0, held: 0, shards: [], published: 0 },
      ...{ toZero: { state: 'not-known' }, pauses },
    };
  }
  const { connected, lagMs, lagEvents, held, shards, published } = status;
  return defined({
    ...{ connected, lagMs, lagEvents, held, shards: [...shards], published },
    ...pace.figures(),
    pauses,
  });
}

interface Counts {
  readonly waiting: number;
  readonly retrying: number;
  readonly dead: number;
  readonly blockedEntities: number;
  readonly oldestParkedAt: string | undefined;
  readonly oldestDeadAt: string | undefined;
}

function consumerView(
  definition: ConsumerDefinition,
  known: {
    readonly running: readonly RunningConsumer[];
    readonly counts: ReadonlyMap<string, Counts>;
    readonly pauses: readonly PauseRow[];
    readonly flows: ReadonlyMap<string, FlowNow>;
    readonly left: ReadonlyMap<string, number>;
  },
): ConsumerView {
  const { running, counts, pauses, flows, left } = known;
  const { name, kind, criticality, shadow } = definition;
  const status = running.map((consumer) => consumer.status()).find((one) => one.name === name);
  const pause = pauses.find((one) => one.scope === 'consumer' && one.name === name);
  return defined({
    ...{ name, kind, criticality, topics: [...topicsOf(definition)], state: status?.state ?? 'starting' },
    ...(counts.get(name) ?? { waiting: 0, retrying: 0, dead: 0, blockedEntities: 0 }),
    contracts: definition.handlers.map(({ contract }) => contract.name),
    shadow: shadow.handlers.length === 0 ? undefined : shadow.handlers.map(({ contract }) => contract.name),
    flow: flows.get(name),
    breakers: status?.breakers.map(breakerView) ?? [],
    stateReason: status?.reason,
    handled: status?.counters.handled ?? 0,
    failures: status?.counters.failures ?? 0,
    leftToDrain: left.get(name),
    pause: pause === undefined ? undefined : pauseView(pause),
  });
}

async function countsOf(db: Queryable): Promise<ReadonlyMap<string, Counts>> {
  const { rows } = await db.query(
    `SELECT consumer, count(*) FILTER (WHERE reason NOT IN ('dead', 'retry')) AS waiting,
            count(*) FILTER (WHERE reason = 'retry') AS retrying, count(*) FILTER (WHERE reason = 'dead') AS dead,
            count(DISTINCT (tenant, aggregate_type, aggregate_id)) FILTER (WHERE reason = 'dead' AND holds_entity) AS blocked,
            min(parked_at) AS oldest, min(parked_at) FILTER (WHERE reason = 'dead') AS oldest_dead
       FROM waybill.parked GROUP BY consumer`,
  );
  return new Map(
    rows.map((row) => [
      String(row['consumer']),
      {
        waiting: Number(row['waiting']),
        retrying: Number(row['retrying']),
        dead: Number(row['dead']),
        blockedEntities: Number(row['blocked']),
        oldestParkedAt: (row['oldest'] as Date | null)?.toISOString(),
        oldestDeadAt: (row['oldest_dead'] as Date | null)?.toISOString(),
      },
    ]),
  );
}
