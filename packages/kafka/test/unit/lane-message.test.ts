import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { internal } from '../../src/kafkajs/internals.ts';
import { groupedWithoutCopies, LaneMessage } from '../../src/lane-message.ts';

const group = internal('producer/groupMessagesPerPartition.js') as (args: object) => Record<string, LaneMessage[]>;

describe('messages for kafkajs', () => {
  it('are grouped by partition as kafkajs groups them, in their order', () => {
    fc.assert(
      fc.property(
        fc.array(fc.string({ minLength: 1, maxLength: 3 })),
        fc.integer({ min: 1, max: 9 }),
        (keys, count) => {
          const messages = keys.map(
            (key, index) => new LaneMessage({ topic: 't', key, value: Buffer.from('v'), headers: {} }, index),
          );
          const grouped = (given: readonly LaneMessage[]): object =>
            group({
              topic: 't',
              partitionMetadata: Array.from({ length: count }),
              messages: given,
              partitioner: ({ message }: { message: LaneMessage }) => message.hash % count,
            });
          expect(grouped(groupedWithoutCopies(messages))).toEqual(grouped(messages));
        },
      ),
    );
  });
});
