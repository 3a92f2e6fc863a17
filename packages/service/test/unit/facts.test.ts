import type { ConsumedEvent, EventFailure, Fact } from '@waybill/messaging';
import { operationalFacts } from '@waybill/schemas';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { entryId } from '../../src/operations/facts-data.ts';
import { ServiceFacts, type Told } from '../../src/operations/facts.ts';

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ minLength: 3_000, maxLength: 4_000 }),
  fc.constant('\ud800'),
);
const optional = fc.option(text, { nil: undefined });
const event: fc.Arbitrary<ConsumedEvent> = fc.record({
  ...{ consumer: text, eventId: text, tenant: text, type: optional, aggregateType: optional, aggregateId: optional },
  ...{ version: fc.option(fc.maxSafeNat(), { nil: undefined }), correlationId: optional },
});
const failures: fc.Arbitrary<EventFailure> = fc.record({
  ...{ event, state: fc.constantFrom('retrying', 'dead'), attempts: fc.nat(), holdsEntity: fc.boolean() },
  failure: fc.record({ type: text, code: text, message: text }),
});
const operated: fc.Arbitrary<Told> = fc.oneof(
  fc.record({ what: fc.constant('redriven'), event, how: fc.constantFrom('AS_IT_WAS', 'EDITED', 'GAP_PASSED') }),
  fc.record({ what: fc.constant('skipped'), event }),
  fc.record({
    what: fc.constant('paused'),
    consumer: text,
    until: fc.date({ noInvalidDate: true, min: new Date(0), max: new Date(4e12) }),
  }),
  fc.record({ what: fc.constant('resumed'), consumer: text, dependency: text }),
);

/** A database that holds nothing, and an outbox that encodes what it is given as the real one does. */
function encoding() {
  const bytes: number[] = [];
  const published: Fact[] = [];
  const publishAll = async (_: unknown, facts: readonly Fact[]) => {
    for (const each of facts) bytes.push(each.contract.codec.encode(each.event.data).length);
    published.push(...facts);
    return [];
  };
  return { bytes, published, facts: new ServiceFacts('kitchen', { publishAll }, operationalFacts) };
}
const tx = { query: async () => ({ rows: [] }) };
const by = { actor: 'ada@example.com', approvedBy: undefined };

test('what is told of a failure can be published, whatever was in the event and in the error', async () => {
  await fc.assert(
    fc.asyncProperty(failures, async (failure) => {
      const { facts, bytes, published } = encoding();
      await facts.failed(tx, [failure], 'all');
      await facts.recovered(tx, [{ event: failure.event, how: 'handled', attempts: failure.attempts }]);
      expect(published).toHaveLength(2);
      for (const size of bytes) expect(size).toBeLessThan(100_000);
      for (const { event } of published) expect(event.aggregateId).toMatch(/^[\x20-\x7e]{1,255}$/);
    }),
  );
});

test('what a person did can be published, whatever they said', async () => {
  await fc.assert(
    fc.asyncProperty(operated, optional, text, async (told, reason, dependency) => {
      const { facts, published } = encoding();
      const pause = { consumer: dependency, dependency };
      await facts.paused(tx, pause);
      await facts.resumed(tx, pause);
      await facts.operated(tx, by, [told], { reason });
      expect(published).toHaveLength(3);
    }),
  );
});

test('an entry keeps the order of its facts: one aggregate, apart from all others', () => {
  const named = (consumer: string, eventId: string, version: number) =>
    entryId('kitchen', {
      ...{ consumer, eventId, version, tenant: '', type: undefined, aggregateType: undefined },
      aggregateId: undefined,
      correlationId: undefined,
    });
  expect(named('kitchen.serve', 'a', 1)).toBe('kitchen:kitchen.serve:a:1');
  expect(named('kitchen.serve', 'ä', 1)).toMatch(/^[0-9a-f]{64}$/);
  expect(named('kitchen.serve', 'ä'.repeat(300), 1)).not.toBe(named('kitchen.serve', 'ä'.repeat(300), 2));
});
