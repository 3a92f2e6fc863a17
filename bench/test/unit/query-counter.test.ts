import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FrontendMessages } from '../../src/world/query-counter.ts';

function message(type: string, body: string): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(4 + Buffer.byteLength(body));
  return Buffer.concat([Buffer.from(type), length, Buffer.from(body)]);
}

describe('the count of queries', () => {
  it('counts simple queries and executions, however the bytes are cut', () => {
    const stream = Buffer.concat([
      message('', 'start-up, which has no type'),
      message('Q', 'select 1\0'),
      message('P', 'parse'),
      message('B', 'QQQEEE'),
      message('E', 'execute'),
      message('S', ''),
    ]);
    fc.assert(
      fc.property(fc.array(fc.nat({ max: stream.length })), (cuts) => {
        const messages = new FrontendMessages();
        const places = [0, ...cuts.toSorted((a, b) => a - b), stream.length];
        let queries = 0;
        for (const [index, from] of places.slice(0, -1).entries()) {
          queries += messages.count(stream.subarray(from, places[index + 1]));
        }
        expect(queries).toBe(2);
      }),
    );
  });
});
