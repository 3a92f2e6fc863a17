import { describe, expect, it } from 'vitest';
import * as fc from 'fast-check';
import { type ShardLease, shareOut } from '../../../src/index.ts';

const shards = (owners: readonly (string | undefined)[]): ShardLease[] =>
  owners.map((owner, shard) => ({ shard, owner }));

describe('shareOut', () => {
  it('gives all shards to a relay that is alone', () => {
    expect(shareOut('a', ['a'], shards(Array(16).fill(undefined))).claim).toHaveLength(16);
  });

  it('counts itself although its membership is not yet to be seen', () => {
    expect(shareOut('b', ['a'], shards(Array(16).fill('a')))).toEqual({ claim: [], release: [] });
    expect(shareOut('a', ['a', 'b'], shards(Array(16).fill('a'))).release).toHaveLength(8);
  });

  it('ends, from any start, with every shard held and no two relays more than one apart', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.stringMatching(/^[a-z]{1,4}$/), { minLength: 1, maxLength: 20 }),
        fc.array(fc.option(fc.nat(30), { nil: undefined }), { minLength: 16, maxLength: 16 }),
        (relays, start) => {
          const owners = start.map((index) => (index === undefined ? undefined : relays[index % relays.length]));
          for (let round = 0; round < 4; round += 1) {
            for (const relay of relays) {
              const { claim, release } = shareOut(relay, relays, shards(owners));
              for (const shard of release) {
                expect(owners[shard]).toBe(relay);
                owners[shard] = undefined;
              }
              for (const shard of claim) {
                expect(owners[shard]).toBeUndefined();
                owners[shard] = relay;
              }
            }
          }
          const counts = relays.map((relay) => owners.filter((owner) => owner === relay).length);
          expect(owners).not.toContain(undefined);
          expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
        },
      ),
    );
  });
});
