import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { entityId, measuredContract, measuredHeaders, measuredValue, sequenceOf } from '../../src/world/event.ts';

const contract = measuredContract('bench.measured');

describe('an event of the bench', () => {
  it('has 300 bytes whatever its number and entity, and tells its number without a codec', () => {
    fc.assert(
      fc.property(fc.nat({ max: 2 ** 31 - 1 }), fc.nat({ max: 10_000_000 }), (sequence, entity) => {
        const value = measuredValue(contract, 7, sequence, entityId(entity));
        expect(value).toHaveLength(300);
        expect(sequenceOf(value)).toBe(sequence);
      }),
    );
  });

  it('carries the headers of a Waybill record that is traced', () => {
    const headers = measuredHeaders(contract, 'entity-00001', 3);
    expect(Object.keys(headers)).toHaveLength(14);
    expect(headers).toMatchObject({ ce_aggregateversion: '3', ce_partitionkey: 'entity-00001' });
  });
});
