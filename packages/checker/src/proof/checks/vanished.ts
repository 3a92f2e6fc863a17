import { entityKey, type Facts, type Follower, isHole, placeOf } from '../facts.ts';
import type { Audit, EntityRow } from '../evidence.ts';
import type { ProofFinding } from '../finding.ts';
import { wasVisible } from '../snapshot.ts';
import { pendingOf } from './lost.ts';

/** How the events that a consumer accepted add up at one moment. */
export interface Sum {
  readonly accepted: number;
  readonly applied: number;
  readonly covered: number;
  readonly parked: number;
  /** In none of the classes. */
  readonly vanished: readonly string[];
  /** In two of them. */
  readonly counted: readonly string[];
}

/**
 * I8: at each look, what a consumer had accepted (the events below its positions) is what it applied, what a snapshot
 * covered, and what it had parked; none is missing, and none is in two places.
 */
export function sumDoesNotHold(facts: Facts): readonly ProofFinding[] {
  return facts.evidence.audits.flatMap((audit) =>
    facts.followers
      .filter(({ database }) => database === audit.database)
      .flatMap((follower) => findingsOf(follower, audit)),
  );
}

function findingsOf(follower: Follower, audit: Audit): readonly ProofFinding[] {
  const { accepted, applied, covered, parked, vanished, counted } = sumOf(follower, audit);
  const sum = `${accepted} accepted, ${applied} applied, ${covered} covered, ${parked} parked`;
  const say = (code: string, what: string, ids: readonly string[]): readonly ProofFinding[] => {
    if (ids.length === 0) return [];
    const message = `At ${audit.at.toISOString()} ${follower.consumer} had ${ids.length} events ${what}: ${sum}.`;
    return [{ promise: 'I8', code, message, ids: ids.slice(0, 20) }];
  };
  return [
    ...say('vanished.sum', 'that were nowhere', vanished),
    ...say('vanished.counted-twice', 'that were applied and parked', counted),
  ];
}

/** Puts each event that a consumer had accepted at a look into its class. */
export function sumOf(follower: Follower, audit: Audit): Sum {
  const own = <T extends { readonly consumer: string }>(rows: readonly T[]) =>
    rows.filter(({ consumer }) => consumer === follower.consumer);
  const pending = pendingOf({ positions: own(audit.positions) });
  const parked = new Set(own(audit.parked).map(({ eventId }) => eventId));
  const entities = new Map(own(audit.entities).map((row): [string, EntityRow] => [entityKey(row), row]));
  const visible = wasVisible(audit.snapshot);
  const sum = { accepted: 0, applied: 0, covered: 0, parked: 0, vanished: [] as string[], counted: [] as string[] };
  for (const event of follower.due) {
    if (pending(event)) continue;
    sum.accepted += 1;
    const row = follower.inbox.get(event.id);
    const isApplied = row !== undefined && visible(row.xid);
    const isParked = parked.has(event.id);
    const entity = entities.get(entityKey(event));
    if (isApplied) sum.applied += 1;
    if (isParked) sum.parked += 1;
    if (isApplied && isParked) sum.counted.push(event.id);
    if (isApplied || isParked) continue;
    if (follower.kind === 'projection' && entity !== undefined && isHole(entity, event.version)) sum.covered += 1;
    else sum.vanished.push(event.id);
  }
  return sum;
}

/** I8: a record that nobody can read is parked with everyone who reads its topic. */
export function strangerVanished({ followers, strangers }: Facts): readonly ProofFinding[] {
  return followers.flatMap((follower) => {
    const parked = new Set(follower.parked.map(({ place }) => place));
    const pending = pendingOf(follower);
    return (
      strangers
        .filter(({ topic }) => follower.topics.includes(topic))
        // One that names a type is looked into by those alone who handle that type.
        .filter(({ type }) => type === '' || follower.types.includes(type))
        .filter((record) => !pending(record) && !parked.has(placeOf(record)))
        .map((record): ProofFinding => {
          const message = `${follower.consumer} passed ${placeOf(record)}, which cannot be read, and did not park it.`;
          return { promise: 'I8', code: 'vanished.unreadable-record', message, ids: [placeOf(record)] };
        })
    );
  });
}
