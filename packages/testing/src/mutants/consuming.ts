import type { Mutant } from './mutant.ts';

const at = (file: string): string => `packages/messaging/src/consuming/${file}.ts`;

/** Known mistakes of whoever consumes. */
export const consumingMutants: readonly Mutant[] = [
  {
    name: 'moving the position first',
    file: at('segment'),
    find: 'await tx.advance(segment.claim, segment.nextOffset, segment.items.length)',
    replace:
      'await c.store.transaction(async (own) => own.advance(segment.claim, segment.nextOffset, segment.items.length))',
    why: 'what was passed and not handled yet is lost with the process',
  },
  {
    name: 'going on after a partition was taken',
    file: at('segment'),
    find: 'if (!(await tx.advance(segment.claim, segment.nextOffset, segment.items.length)))\n      throw new PartitionLostError(segment.claim);',
    replace: 'await tx.advance(segment.claim, segment.nextOffset, segment.items.length);',
    why: 'a process that stood still writes beside its successor',
  },
  {
    name: 'a position beyond a failing event',
    file: at('delivering'),
    find: 'nextOffset: offsetBefore(items.slice(to), nextOffset), pace }',
    replace: 'nextOffset, pace }',
    why: 'the failing event is passed before it is parked',
  },
  {
    name: 'dropping what should be parked',
    file: at('segment'),
    find: 'await tx.park(consumer, [...outcome.parked, ...outcome.snapshots]);',
    replace: 'await tx.park(consumer, outcome.snapshots);',
    why: 'what failed or came too early is gone',
  },
  {
    name: 'applying a later version over a gap',
    file: at('ordering'),
    find: 'if (event.version === state.applied + 1) return',
    replace: 'if (event.version > state.applied) return',
    why: 'events take effect out of order, and those in between never',
  },
  {
    name: 'taking a hole of a reaction for covered',
    file: at('draining'),
    find: "  if (c.definition.kind === 'reaction' && parked.reason !== 'dead' && (isHole ||",
    replace: "  if (c.definition.kind === ('never' as string) && parked.reason !== 'dead' && (isHole ||",
    why: 'an event that a reaction must see for itself has no effect',
  },
  {
    name: 'no dedupe row',
    file: at('segment'),
    find: '    tx.recordHandled(consumer, outcome.handled),\n',
    replace: '',
    why: 'a consumer without an order handles again what comes again',
  },
  {
    name: 'the dedupe row in a transaction of its own',
    file: at('segment'),
    find: '    tx.recordHandled(consumer, outcome.handled),\n',
    replace: '    c.store.transaction(async (own) => own.recordHandled(consumer, outcome.handled)),\n',
    why: 'when the effect is rolled back, the event counts as handled nevertheless',
  },
  {
    name: 'a late snapshot over a newer state',
    file: at('draining-alone'),
    find: '  if (event.aggregateVersion <= entities.get(key).applied) return true;\n',
    replace: '',
    why: 'the copy goes back to what it was',
  },
  {
    name: 'a fetched snapshot over a newer state',
    file: at('reconciling'),
    find: '    if (event.aggregateVersion <= entities.get(key).applied) return false;\n',
    replace: '',
    why: 'the copy goes back to what it was',
  },
  {
    name: 'beginning at the end after the snapshots',
    file: at('running-consumer'),
    find: "this.#firstRead = { at: 'time', ms: eventsFrom };",
    replace: "this.#firstRead = { at: 'latest' };",
    why: 'events after the last snapshot are never read',
  },
  {
    name: 'retrying in place without end',
    file: at('delivering'),
    find: 'if (error instanceof HandlerFailedError) return commitAround(c, segment, error);',
    replace: '',
    why: 'one event that never works holds up all others',
  },
  {
    name: 'keeping what a failed retry wrote',
    file: at('draining'),
    find: 'const workMs = await tx.savepoint(async () =>',
    replace: 'const workMs = await (async (work: () => Promise<number>) => work())(async () =>',
    why: 'the effect stays, and comes again with the next attempt',
  },
  {
    name: 'calling again when it is not known whether a call happened',
    file: at('external-call'),
    find: 'effect.idempotent || isKnown(error) ? error :',
    replace: 'true ? error :',
    why: 'the outside has two effects',
  },
  {
    name: 'calling again when the process died during a call',
    file: at('external-call'),
    find: "if (head.call === 'interrupted' && !effect.idempotent) {",
    replace: 'if (false as boolean) {',
    why: 'the outside has two effects',
  },
  {
    name: 'a head that is never due again',
    file: at('draining'),
    find: '.then(async () => tx.keepHeadDue(consumer, key))',
    replace: '',
    why: 'a queue stands still for ever',
  },
  {
    name: 'a pause without an end',
    file: at('consumer-pauses'),
    find: 'if (this.#down === down) this.#resume(down.dependency);',
    replace: '',
    why: 'the consumer never reads again',
  },
  {
    name: 'a pause that nobody looks at',
    file: at('consumer-pauses'),
    find: '    this.#o.wakeParked();\n  }\n\n  /** When to try',
    replace: '  }\n\n  /** When to try',
    why: 'with nothing parked, nobody ends the pause',
  },
  {
    name: 'handling before what is needed is there',
    file: at('dealing'),
    find: '  if (need !== undefined) {',
    replace: '  if (need !== undefined && (false as boolean)) {',
    why: 'the handler does not find the entity that it needs',
  },
  {
    name: 'publishing outside the handler’s transaction',
    file: at('handler-call'),
    find: 'publish: async (contract, event) => c.publish(transaction.db, contract, event)',
    replace: 'publish: async (contract, event) => c.publish(c.store.db, contract, event)',
    why: 'what is rolled back was published',
  },
];

const operations = 'packages/messaging/src/operating/operations.ts';

/** Known mistakes of what a person does with something that failed. */
export const operatingMutants: readonly Mutant[] = [
  {
    name: 'a skip that leaves the entity where it was',
    file: operations,
    find: "if (place === 'next') entities.apply(key, { version, id: eventId });",
    replace: '',
    why: 'what was given up is missing, and its entity stands still',
  },
  {
    name: 'a skip of one that has others before it',
    file: operations,
    find: "if (place === 'behind') return refused('has-predecessors', parked);",
    replace: '',
    why: 'what was given up is missing when its turn comes, and its entity stands still',
  },
];
