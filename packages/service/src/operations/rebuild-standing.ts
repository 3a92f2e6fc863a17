import { type ConsumerDefinition, followAll, type Queryable, topicsOf } from '@waybill/messaging';
import { comingUp, deadOfGeneration, type GenerationRow, type PositionPair, positionPairs } from '@waybill/postgres';
import type pg from 'pg';
import type { ServiceFacts } from './facts.ts';
import { place, progressOf, type RebuildCheckpoint } from './rebuild-checkpoint.ts';
import { heldNow, type RebuildSource } from './rebuild-run.ts';

export interface RebuildOptions extends RebuildSource {
  readonly pool: pg.Pool;
  readonly definitions: readonly ConsumerDefinition[];
  readonly facts?: ServiceFacts | undefined;
  /** What this deployment calls itself. */
  readonly version: string | undefined;
  transaction<T>(fn: (tx: Queryable) => Promise<T>): Promise<T>;
  /** Has this process see at once what was paused or resumed. */
  followPauses(): Promise<void>;
}

/** What a turn works on. */
export interface Turn {
  readonly options: RebuildOptions;
  readonly job: string;
  readonly definition: ConsumerDefinition;
  readonly generation: GenerationRow;
}

/** Where a generation is beside its consumer. */
export interface Standing {
  readonly pairs: readonly PositionPair[];
  readonly progress: ReturnType<typeof progressOf>;
  /** Whether it has read all that it may. */
  readonly isAtPlace: boolean;
  /** Parked events of it that will be worked on by themselves. */
  readonly waiting: number;
  /** `topic/partition` of those that the living consumer is to go on from the generation's place, since it has lost its own. */
  readonly lost: ReadonlySet<string>;
  readonly dead: number;
}

/** @param log - `spared`: the brokers are not asked, and a consumer that has lost its place is not noticed. */
export async function standingOf(
  turn: Turn,
  checkpoint: RebuildCheckpoint,
  log: 'asked' | 'spared',
): Promise<Standing> {
  const { options, definition, generation } = turn;
  const topics = topicsOf(definition);
  const waiting = await comingUp(options.pool, generation.name);
  const pairs = await positionPairs(options.pool, generation, topics);
  const { dead } = await deadOfGeneration(options.pool, generation.name);
  const progress = progressOf(checkpoint, pairs);
  const isAtStart = pairs.every(({ generation: made }) => made === undefined);
  const isEqual = !isAtStart && pairs.every(({ living, generation: made }) => living === made);
  const seen = { pairs, progress, waiting, dead };
  if (isEqual || isAtStart || log === 'spared') return { ...seen, isAtPlace: isEqual, lost: new Set() };
  const { isAtEnds, lost } = await againstTheLog(turn, topics, pairs);
  return { ...seen, isAtPlace: isAtEnds, lost };
}

/** The positions came first: what the log holds has only grown since. */
async function againstTheLog(
  { options }: Turn,
  topics: readonly string[],
  pairs: readonly PositionPair[],
): Promise<{ readonly isAtEnds: boolean; readonly lost: ReadonlySet<string> }> {
  const pairIn = new Map(pairs.map((pair) => [place(pair), pair]));
  const held = await heldNow(options.ranges, topics);
  const { leader, leads } = followAll(held.map((each) => ({ ...each, living: pairIn.get(place(each))?.living })));
  return {
    isAtEnds: leads.every((lead) => pairIn.get(place(lead))?.generation === lead.to),
    lost: new Set(leader === 'log' ? leads.map(place) : []),
  };
}
