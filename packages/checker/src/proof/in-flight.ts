import { groupBy } from '../lookup.ts';
import type { CursorWrite, ProofEvidence } from './evidence.ts';
import type { FaultMark } from './history.ts';

/** A fault with what it hit. */
export interface JudgedFault extends FaultMark {
  /** Whether work was in flight where and when it was done; from the history and the tables, never assumed. */
  readonly hit: boolean;
}

/** An event on its way through one hand: from the commit of its change until an effect shows that the hand was done. */
interface Journey {
  /** The cursor of whose holder it was the work: `office office.totals east.account/3`, `east relay 7`. */
  readonly cursor: string;
  readonly from: number;
  readonly to: number;
}

/**
 * Tells of each fault whether it hit work in flight at the moment when it was done. Done to a process: an operation or
 * a delivery that this process had begun and not ended, or an event on its way whose partition or shard it had claimed.
 * Done to anything else: any event that was committed and had not all of its effects.
 */
export function judgeFaults(evidence: ProofEvidence): readonly JudgedFault[] {
  const journeys = journeysOf(evidence);
  const claims = [...evidence.databases].flatMap(([database, { cursorWrites }]) => claimsOf(database, cursorWrites));
  const work = groupBy([...evidence.operations, ...evidence.deliveries], ({ process }) => process);
  return evidence.faults.map((fault) => {
    const { target, beganAt } = fault;
    const underWay = journeys.filter(({ from, to }) => from <= beganAt && beganAt < to);
    if (!/^[a-z]+-(?:\d+|relay)$/.test(target)) return { ...fault, hit: underWay.length > 0 };
    const isBusy = (work.get(target) ?? []).some(
      (item) => item.beganAt <= beganAt && (item.endedAt ?? Infinity) >= beganAt,
    );
    const held = heldBy(target, beganAt, claims);
    return { ...fault, hit: isBusy || underWay.some(({ cursor }) => held.has(cursor)) };
  });
}

interface Claim {
  readonly cursor: string;
  readonly process: string;
  readonly at: number;
}

function claimsOf(database: string, writes: readonly CursorWrite[]): readonly Claim[] {
  return writes
    .filter(({ kind }) => kind === 'claim')
    .map(({ cursor, writer, at }) => ({
      cursor: `${database} ${cursor}`,
      process: writer.slice(0, writer.lastIndexOf('.')),
      at: at.getTime(),
    }))
    .toSorted((a, b) => a.at - b.at);
}

/** The cursors that a process was the last to claim. */
function heldBy(process: string, at: number, claims: readonly Claim[]): ReadonlySet<string> {
  const holders = new Map<string, string>();
  for (const claim of claims) if (claim.at <= at) holders.set(claim.cursor, claim.process);
  return new Set([...holders].filter(([, holder]) => holder === process).map(([cursor]) => cursor));
}

/** A relay is done with an event at its first effect at the latest, and a consumer at its own. */
function journeysOf({ databases, records }: ProofEvidence): readonly Journey[] {
  const lanes = new Map(records.map(({ id, topic, partition }) => [id, `${topic}/${partition}`]));
  const committed = new Map(
    [...databases].flatMap(([database, { outbox }]) =>
      outbox.map(({ id, createdAt, shard }) => [
        id,
        { from: createdAt.getTime(), relay: `${database} relay ${shard}` },
      ]),
    ),
  );
  const journeys: Journey[] = [];
  const first = new Map<string, number>();
  for (const [database, { effects }] of databases) {
    for (const { consumer, eventId, at } of effects) {
      const from = committed.get(eventId)?.from;
      const to = at.getTime();
      if (from === undefined) continue;
      journeys.push({ cursor: `${database} ${consumer} ${lanes.get(eventId)}`, from, to });
      first.set(eventId, Math.min(first.get(eventId) ?? Infinity, to));
    }
  }
  for (const [id, to] of first) {
    const event = committed.get(id);
    if (event !== undefined) journeys.push({ cursor: event.relay, from: event.from, to });
  }
  return journeys;
}
