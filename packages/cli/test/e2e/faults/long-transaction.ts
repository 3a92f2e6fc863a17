import { withDatabase } from '@waybill/infra/programs';
import { eventually } from '@waybill/testing';
import pg from 'pg';
import { describe, expect, it } from 'vitest';
import { judgement, type RunningSample, valid } from '../running-sample.ts';

const orders = 30;
/** Held open so long at least, and until every other order has ended. */
const heldMs = 8_000;
const lock = 730_245;

/** One order's transaction stands still at its COMMIT, with everything written, for as long as a test holds a lock. */
const holdAtCommit = `
  CREATE FUNCTION stand_still() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN PERFORM pg_advisory_xact_lock(${lock}); RETURN NULL; END $$;
  CREATE CONSTRAINT TRIGGER stand_still AFTER INSERT ON orders DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (NEW.reference = 'held') EXECUTE FUNCTION stand_still();`;

const heldOrder = {
  customerId: 'held',
  email: 'held@example.com',
  currency: 'USD',
  reference: 'held',
  lines: [{ sku: 'cd-01', quantity: 1, amount: '10.00' }],
};

/** What a transaction that wrote an event and stays open does to the events of others. */
export function longTransaction(sample: () => RunningSample): void {
  describe('a writing transaction that is held open in the orders database', () => {
    it('does not change how soon others are seen, and its own event follows once it commits', async () => {
      const { ordersUrl, query, stage } = sample();
      const before = await sample().run(orders);
      await query('orders', holdAtCommit);
      const holder = new pg.Client({ connectionString: withDatabase(stage.environment.postgresUrl, 'orders') });
      await holder.connect();
      await holder.query('SELECT pg_advisory_lock($1)', [lock]);
      const status = async () => {
        const [row] = await query('orders', `SELECT status FROM orders WHERE reference = 'held'`);
        return row?.['status'];
      };

      const while_ = await sample().run(orders, async (run) => {
        const placing = fetch(`${ordersUrl}/orders`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', 'idempotency-key': 'held' },
          body: JSON.stringify(heldOrder),
        });
        const begun = performance.now();
        await eventually(() => run.progress() === undefined && performance.now() - begun >= heldMs, {
          what: 'the end of all other orders',
          deadlineMs: 60_000,
        });
        expect(await status()).toBeUndefined();
        await holder.query('SELECT pg_advisory_unlock($1)', [lock]);
        expect((await placing).status).toBe(201);
      });
      await holder.end();

      expect(await eventually(status, { what: 'the held order' })).toBe('FULFILLED');
      expect(judgement(before)).toEqual(valid(orders));
      expect(judgement(while_)).toEqual(valid(orders));
      const [usual, held] = [before, while_].map(({ figures }) => figures.timeToVisibilityMs.p50);
      expect(held).toBeLessThan(3 * (usual ?? 0) + 500);
    });
  });
}
