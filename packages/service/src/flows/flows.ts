import {
  type BreakerStatus,
  budgetBurnt,
  type ConsumerDefinition,
  type Judged,
  type Queryable,
  type RunningConsumer,
} from '@waybill/messaging';
import { type FlowSample, judgedSince, partitionLags, samplesSince } from '@waybill/postgres';
import type { FlowNow, FlowView } from '../operations/flow-api.ts';
import { defined } from '../operations/views.ts';
import { flowNow, flowSteps } from './flow-figures.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** The hour that the short form shows, and the minute that has begun. */
const keptMs = hourMs + 60_000;
/** Between two looks at the samples, which come every ten seconds. */
const freshMs = 5_000;
/** Between two looks at what a day comes to, which changes slowly and is made of thousands of samples. */
const dayFreshMs = 60_000;

/** How the consumers of a service do, as their samples tell. What is kept in memory is read again from where it ended. */
export class Flows {
  readonly #db: Queryable;
  readonly #definitions: readonly ConsumerDefinition[];
  readonly #now: () => number;
  #samples: readonly FlowSample[] = [];
  #day: ReadonlyMap<string, Judged> = new Map();
  #lookedAt = -Infinity;
  #dayLookedAt = -Infinity;
  #looking: Promise<void> | undefined;

  constructor(db: Queryable, definitions: readonly ConsumerDefinition[], now: () => number = Date.now) {
    this.#db = db;
    this.#definitions = definitions;
    this.#now = now;
  }

  /** How each consumer does now; one without a sample is left out. */
  async now(): Promise<ReadonlyMap<string, FlowNow>> {
    await this.#look();
    const own = Map.groupBy(this.#samples, ({ consumer }) => consumer);
    return new Map(
      this.#definitions.flatMap(({ name, objective }) => {
        const now = flowNow(objective, own.get(name) ?? [], this.#day.get(name));
        return now === undefined ? [] : [[name, now] as const];
      }),
    );
  }

  /** How one consumer did over hours, in steps. */
  async of(
    definition: ConsumerDefinition,
    { hours, minutes }: { readonly hours: number; readonly minutes?: number | undefined },
    running: RunningConsumer | undefined,
  ): Promise<FlowView> {
    const { name, objective, handlers, upcasters, snapshots } = definition;
    const since = new Date(this.#now() - hours * hourMs);
    const samples = await samplesSince(this.#db, [name], since);
    const day = (await judgedSince(this.#db, [name], new Date(this.#now() - dayMs))).get(name);
    const partitions = await partitionLags(this.#db, name);
    const { judged, beyond } = day ?? { judged: 0, beyond: 0 };
    const stepMinutes = minutes ?? fittingStep(samples);
    const [handled, failed] = [sum(samples, 'handled'), sum(samples, 'failed')];
    const [workMs, wastedMs] = [sum(samples, 'workMs'), sum(samples, 'wastedMs')];
    return defined({
      consumer: name,
      now: (await this.now()).get(name),
      contracts: [
        ...handlers.map(({ contract }) => ({ name: contract.name, topic: contract.topic, use: 'handled' as const })),
        ...upcasters.map(({ from }) => ({ name: from.name, topic: from.topic, use: 'upcast' as const })),
        ...snapshots.map(({ contract }) => ({ name: contract.name, topic: contract.topic, use: 'snapshot' as const })),
      ],
      budget: defined({
        from: day?.from.toISOString(),
        ...{ judged, beyond, allowed: judged * (1 - objective.share) },
        burnt: budgetBurnt(objective, { judged, beyond }),
      }),
      retries: defined({
        ...{ handled, failed, wastedMs: Math.round(wastedMs) },
        perHandled: handled === 0 ? undefined : failed / handled,
        wastedShare: workMs + wastedMs === 0 ? undefined : wastedMs / (workMs + wastedMs),
      }),
      partitions: partitions.map(({ topic, partition, nextOffset, high, lagTime, at }) =>
        defined({
          ...{ topic, partition, nextOffset: nextOffset?.toString(), high: high.toString() },
          lagEvents: nextOffset === undefined ? 0 : Math.max(0, Number(high - nextOffset)),
          ...{ lagMs: lagTime?.ms, lagKnown: lagTime?.known, at: at.toISOString() },
        }),
      ),
      dependencies: [...new Set(handlers.flatMap(({ external }) => external?.dependency ?? []))],
      breakers: running?.status().breakers.map(breakerView) ?? [],
      steps: [...flowSteps(samples, stepMinutes * 60_000)],
      stepMinutes,
    });
  }

  async #look(): Promise<void> {
    if (this.#now() - this.#lookedAt < freshMs) return;
    this.#looking ??= this.#read().finally(() => (this.#looking = undefined));
    await this.#looking;
  }

  async #read(): Promise<void> {
    const names = this.#definitions.map(({ name }) => name);
    const now = this.#now();
    const kept = this.#samples.filter(({ at }) => now - at.getTime() < keptMs);
    const last = kept.at(-1)?.at ?? new Date(now - keptMs);
    this.#samples = [...kept, ...(await samplesSince(this.#db, names, last))];
    if (now - this.#dayLookedAt >= dayFreshMs) {
      this.#day = await judgedSince(this.#db, names, new Date(now - dayMs));
      this.#dayLookedAt = now;
    }
    this.#lookedAt = now;
  }
}

/** Minutes of a step, so that there are some to see and not too many to tell apart. */
function fittingStep(samples: readonly FlowSample[]): number {
  const spanMs = (samples.at(-1)?.at.getTime() ?? 0) - (samples[0]?.at.getTime() ?? 0);
  if (spanMs < 2 * hourMs) return 1;
  return spanMs < 8 * hourMs ? 5 : 15;
}

function sum(samples: readonly FlowSample[], name: 'handled' | 'failed' | 'workMs' | 'wastedMs'): number {
  return samples.reduce((total, sample) => total + sample[name], 0);
}

export function breakerView({ dependency, state, since }: BreakerStatus) {
  return { dependency, state, since: new Date(since).toISOString() };
}
