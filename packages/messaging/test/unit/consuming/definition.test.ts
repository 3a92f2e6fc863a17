import { describe, expect, test } from 'vitest';
import type { Contract } from '@waybill/contracts';
import { on, onSnapshot } from '../../../src/consuming/consumer.ts';
import { consumer, InvalidConsumerError } from '../../../src/consuming/definition.ts';

function contract(name: string, kind: 'event' | 'snapshot' = 'event'): Contract<object> {
  const refuse = () => {
    throw new Error('a definition neither encodes nor decodes');
  };
  return {
    name,
    event: name.replace(/\.v\d+/, ''),
    major: 1,
    kind,
    aggregateType: 'shop.order',
    topic: 'shop.order',
    schema: '{}',
    fingerprint: '',
    personal: [],
    codec: { encode: refuse, decode: refuse },
  };
}

const paid = on(contract('shop.v1.OrderPaid'), () => undefined);
const placed = on(contract('shop.v1.OrderPlaced'), () => undefined);

describe('a consumer definition', () => {
  test('fills in what was left out', () => {
    const defined = consumer({ name: 'shop.mail', kind: 'reaction', from: 'now', handlers: [placed] });
    expect(defined).toMatchObject({ gapPatienceMs: 2_000, batchSize: 500, ordering: { by: 'entity' }, snapshots: [] });
    expect(defined.objective).toEqual({ visibleWithinMs: 10_000, share: 0.99 });
  });

  test.each([
    ['name', { name: 'Mail', kind: 'projection', handlers: [placed] }],
    ['handlers', { name: 'shop.mail', kind: 'projection', handlers: [] }],
    ['handlers', { name: 'shop.mail', kind: 'projection', handlers: [placed, placed] }],
    [
      'handlers',
      { name: 'shop.mail', kind: 'projection', handlers: [on(contract('shop.v1.Order', 'snapshot'), () => undefined)] },
    ],
    ['batchSize', { name: 'shop.mail', kind: 'projection', handlers: [placed], batchSize: 0 }],
    [
      'shadow.handlers',
      { name: 'shop.mail', kind: 'projection', handlers: [placed], shadow: { handlers: [placed, placed] } },
    ],
    ['shadow.handlers', { name: 'shop.mail', kind: 'projection', handlers: [placed], shadow: { handlers: [paid] } }],
    [
      'objective.visibleWithinMs',
      { name: 'shop.mail', kind: 'projection', handlers: [placed], objective: { visibleWithinMs: 0, share: 0.9 } },
    ],
    [
      'objective.share',
      { name: 'shop.mail', kind: 'projection', handlers: [placed], objective: { visibleWithinMs: 1, share: 1 } },
    ],
    ['ordering', { name: 'shop.mail', kind: 'projection', handlers: [placed], ordering: { by: 'none', horizonMs: 1 } }],
    [
      'ordering.horizonMs',
      {
        name: 'shop.mail',
        kind: 'reaction',
        from: 'now',
        handlers: [placed],
        ordering: { by: 'none', horizonMs: 61 * 86_400_000 },
      },
    ],
    [
      'snapshots',
      {
        name: 'shop.mail',
        kind: 'reaction',
        from: 'now',
        handlers: [placed],
        snapshots: [onSnapshot(contract('shop.v1.Order', 'snapshot'), () => undefined)],
      },
    ],
  ] as const)('names the field that is wrong: %s', (field, options) => {
    expect(() => consumer(options)).toThrow(InvalidConsumerError);
    expect(() => consumer(options)).toThrow(new RegExp(`: ${field} `));
  });
});
