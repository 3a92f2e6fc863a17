import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { forgetSetBack, swapGeneration, transaction } from '../../../src/index.ts';
import { dropTemplate, type RebuildingHarness, rebuildingHarness } from './harness.ts';

let shop: RebuildingHarness;
beforeAll(async () => {
  shop = await rebuildingHarness();
});
afterAll(async () => {
  await shop.close();
  await dropTemplate();
});

/** How far one of the two has got with an entity, and which later versions it has parked; 0 for one that it never saw. */
const side = fc.record({
  applied: fc.nat(5),
  parked: fc.dictionary(fc.constantFrom('1', '2', '3'), fc.constantFrom('dead' as const, 'behind' as const)),
});
const entities = fc.array(fc.record({ living: side, made: side }), { minLength: 1, maxLength: 6 });
type Side = typeof side extends fc.Arbitrary<infer T> ? T : never;

/** `entity version`, with why it is parked. */
function parkedOf(entity: number, { applied, parked }: Side): ReadonlyMap<string, 'dead' | 'behind'> {
  return new Map(Object.entries(parked).map(([ahead, reason]) => [`${entity} ${applied + Number(ahead)}`, reason]));
}

test('whatever two generations have, a swap leaves the versions and the parked events of the new one, and no others but what it does not cover', async () => {
  let round = 0;
  await fc.assert(
    fc.asyncProperty(entities, async (world) => {
      round += 1;
      const consumer = `shop.view${round}`;
      const { generation, tables } = await shop.generation(consumer);
      for (const [entity, { living, made }] of world.entries()) {
        for (const [name, has] of [
          [consumer, living],
          [generation.name, made],
        ] as const) {
          if (has.applied > 0) await shop.entity(name, String(entity), has.applied);
          for (const [place, reason] of parkedOf(entity, has))
            await shop.parked(name, String(entity), Number(place.split(' ')[1]), reason, `event ${place}`);
        }
      }
      const setBack = await forgetSetBack(shop.pool, generation);
      await transaction(shop.pool, async (tx) =>
        swapGeneration(tx, { generation, tables, topics: ['shop'], lost: new Set(), setBack }),
      );

      const versions = await shop.rows(
        `SELECT aggregate_id || ' ' || applied AS line FROM waybill.entity WHERE consumer = $1 AND applied > 0 ORDER BY 1`,
        [consumer],
      );
      const reached = world.flatMap(({ made }, entity) => (made.applied > 0 ? [`${entity} ${made.applied}`] : []));
      expect(versions.map(({ line }) => line)).toEqual(reached.toSorted());

      const parked = await shop.rows(
        `SELECT aggregate_id || ' ' || version || ' ' || reason AS line FROM waybill.parked WHERE consumer = $1 ORDER BY 1`,
        [consumer],
      );
      const expected = world.flatMap(({ living, made }, entity) => {
        const kept = [...parkedOf(entity, living)].filter(([place]) => Number(place.split(' ')[1]) > made.applied);
        return [...new Map([...kept, ...parkedOf(entity, made)])].map(([place, reason]) => `${place} ${reason}`);
      });
      expect(parked.map(({ line }) => line)).toEqual(expected.toSorted());

      const stuck = await shop.rows(
        `SELECT 1 FROM waybill.parked p WHERE consumer = $1 AND due_at IS NULL AND reason <> 'dead' AND NOT EXISTS (
           SELECT FROM waybill.parked b WHERE b.consumer = $1 AND b.aggregate_id = p.aggregate_id AND b.version < p.version)`,
        [consumer],
      );
      expect(stuck).toEqual([]);
      expect(await shop.rows(`SELECT 1 FROM waybill.parked WHERE consumer = $1`, [generation.name])).toEqual([]);
    }),
    { numRuns: 25 },
  );
});
