import type { ProofEvidence } from './evidence.ts';
import type { FaultMark } from './history.ts';
import { proofSubscriptions } from './subscriptions.ts';

/** A fault with what it hit. */
export interface JudgedFault extends FaultMark {
  /** Whether work was in flight where and when it was done; from the history and the tables, never assumed. */
  readonly hit: boolean;
}

/** An event from the commit of its change to its last effect. */
interface Journey {
  readonly database: string;
  readonly from: number;
  readonly to: number;
}

/**
 * Tells of each fault whether it hit work in flight: an operation or a delivery of the very process that was begun and
 * not ended at that moment; and for what is done to more than one process, an event that was committed and had not all
 * of its effects.
 */
export function judgeFaults(evidence: ProofEvidence): readonly JudgedFault[] {
  const journeys = journeysOf(evidence);
  const work = [...evidence.operations, ...evidence.deliveries];
  const busy = (process: string, at: number) =>
    work.some((item) => item.process === process && item.beganAt <= at && (item.endedAt ?? Infinity) >= at);
  const underWay = (at: number, database?: string) =>
    journeys.some(
      (journey) => journey.from <= at && at < journey.to && (database ?? journey.database) === journey.database,
    );
  return evidence.faults.map((fault) => {
    const { target, beganAt } = fault;
    const process = /^(?:east|west|office|archive)-\d+$/.test(target);
    // A relay works on what its database's branch committed.
    const relay = /^(east|west)-relay$/.exec(target);
    const hit = process ? busy(target, beganAt) : underWay(beganAt, relay?.[1]);
    return { ...fault, hit };
  });
}

/** When each event was committed (or rather its transaction began), and when it had the last of its effects. */
function journeysOf({ databases }: ProofEvidence): readonly Journey[] {
  const last = new Map<string, number>();
  const consumers = new Set(proofSubscriptions.map(({ consumer }) => consumer));
  for (const { effects } of databases.values()) {
    for (const { consumer, eventId, at } of effects) {
      if (consumers.has(consumer)) last.set(eventId, Math.max(last.get(eventId) ?? 0, at.getTime()));
    }
  }
  return [...databases].flatMap(([database, { outbox }]) =>
    outbox.flatMap(({ id, createdAt }) => {
      const to = last.get(id);
      return to === undefined ? [] : [{ database, from: createdAt.getTime(), to }];
    }),
  );
}
