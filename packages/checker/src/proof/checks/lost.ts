import { groupBy } from '../../lookup.ts';
import { entityKey, type Facts, type Follower, isHole } from '../facts.ts';
import type { ProofFinding } from '../finding.ts';
import { differences, foldAccount } from '../fold.ts';

/** I1: an operation that was answered with success has all of its rows, and all of its events in the topic. */
export function operationLost({ evidence, eventsByOperation }: Facts): readonly ProofFinding[] {
  const steps = stepsByOperation(evidence.databases);
  return evidence.operations
    .filter(({ outcome }) => outcome === 'ok')
    .flatMap(({ id, accounts }): readonly ProofFinding[] => {
      const rows = steps.get(id)?.length ?? 0;
      const events = eventsByOperation.get(id)?.length ?? 0;
      if (rows === accounts.length && events === accounts.length) return [];
      const message = `${id} was committed with ${accounts.length} steps; its database has ${rows}, its topic ${events}.`;
      return [{ promise: 'I1', code: 'lost.operation', message, ids: [id] }];
    });
}

/** Rows of committed steps, by the operation that wrote them. */
export function stepsByOperation(databases: Facts['evidence']['databases']) {
  return groupBy(
    [...databases.values()].flatMap(({ steps }) => steps),
    ({ operation }) => operation,
  );
}

/** I1: each version that an aggregate's head counts is in its topic. */
export function versionWithoutRecord({ evidence, events }: Facts): readonly ProofFinding[] {
  const present = new Set(events.map((event) => `${entityKey(event)} ${event.version}`));
  return [...evidence.databases.values()].flatMap(({ heads }) =>
    heads.flatMap((head) =>
      Array.from({ length: head.version }, (_, index) => index + 1)
        .filter((version) => !present.has(`${entityKey(head)} ${version}`))
        .map((version): ProofFinding => {
          const message = `Version ${version} of ${entityKey(head)} was committed; it is in no topic.`;
          return {
            promise: 'I1',
            code: 'lost.version-without-record',
            message,
            ids: [`${head.aggregateId}@${version}`],
          };
        }),
    ),
  );
}

/** I1: each row of an outbox is in its topic. */
export function eventWithoutRecord({ evidence, events }: Facts): readonly ProofFinding[] {
  const present = new Set(events.map(({ id }) => id));
  return [...evidence.databases.values()].flatMap(({ outbox }) =>
    outbox
      .filter(({ kind, id }) => kind === 'event' && !present.has(id))
      .map(({ id, type, topic }): ProofFinding => {
        const message = `${type} ${id} was committed; it is not in ${topic}.`;
        return { promise: 'I1', code: 'lost.event-without-record', message, ids: [id] };
      }),
  );
}

/** I1: each event in a topic has its effect with everyone who handles it, or is parked there, covered, or pending. */
export function eventWithoutEffect({ followers }: Facts): readonly ProofFinding[] {
  return followers.flatMap((follower) => {
    const parked = new Set(follower.parked.map(({ eventId }) => eventId));
    const pending = pendingOf(follower);
    return follower.due
      .filter((event) => !follower.effects.has(event.id) && !parked.has(event.id))
      .filter((event) => !isCovered(follower, event) && !pending(event))
      .map(({ id, type, aggregateId, version }): ProofFinding => {
        const message = `${type} ${id} (${aggregateId}, version ${version}) had no effect in ${follower.consumer} and is not parked there.`;
        return { promise: 'I1', code: 'lost.event-without-effect', message, ids: [id] };
      });
  });
}

/** I1: a dedupe row says that an event was handled; then its effect is there too, since both were one transaction. */
export function handledWithoutEffect({ followers }: Facts): readonly ProofFinding[] {
  return followers.flatMap(({ consumer, inbox, effects }) =>
    [...inbox.keys()]
      .filter((id) => !effects.has(id))
      .map((id): ProofFinding => {
        const message = `${consumer} has a dedupe row for ${id}, and no effect of it.`;
        return { promise: 'I1', code: 'lost.handled-without-effect', message, ids: [id] };
      }),
  );
}

/** I1: a branch's accounts are what their events add up to: no change without its event, and no event without its change. */
export function accountDiverged({ evidence, events }: Facts): readonly ProofFinding[] {
  const byAccount = groupBy(events, entityKey);
  return [...evidence.databases]
    .filter(([database]) => database !== 'office')
    .flatMap(([, { accounts }]) =>
      accounts.flatMap((account): readonly ProofFinding[] => {
        const fields = differences(account, foldAccount(byAccount.get(entityKey(account)) ?? []));
        if (fields.length === 0) return [];
        const message = `${entityKey(account)} differs from what its published events add up to in ${fields.join(', ')}.`;
        return [{ promise: 'I1', code: 'lost.change-without-event', message, ids: [account.aggregateId] }];
      }),
    );
}

type Due = Follower['due'][number];

/** A snapshot stands in for it: the projection passed its version over. That its state is right is I5's matter. */
export function isCovered({ kind, entities }: Pick<Follower, 'kind' | 'entities'>, event: Due): boolean {
  const entity = entities.get(entityKey(event));
  return kind === 'projection' && entity !== undefined && isHole(entity, event.version);
}

/** Tells which records a consumer has not come to. */
export function pendingOf({ positions }: Pick<Follower, 'positions'>): (event: Due) => boolean {
  const reached = new Map(positions.map(({ topic, partition, nextOffset }) => [`${topic}/${partition}`, nextOffset]));
  return ({ topic, partition, offset }) => offset >= (reached.get(`${topic}/${partition}`) ?? 0n);
}
