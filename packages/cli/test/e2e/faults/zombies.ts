import { setTimeout as pause } from 'node:timers/promises';
import { join } from 'node:path';
import { eventually } from '@waybill/testing';
import { describe, expect, it } from 'vitest';
import type { Program } from '../../../src/up/fleet.ts';
import { choosePorts } from '../../../src/up/ports.ts';
import { rootDirectory } from '../../../src/workspace.ts';
import { judgement, moreEffects, type RunningSample, valid } from '../running-sample.ts';

const orders = 40;
/** Longer than a relay's lease and a member's session, of 10 s each. */
const stoppedMs = 13_000;

/** Writes down who claims a shard of the relay, and who moves its cursor, under which epoch. */
const witness = `
  CREATE TABLE public.cursor_write (n bigserial, kind text, shard int, epoch bigint, backend int);
  CREATE FUNCTION public.witness() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF NEW.epoch <> OLD.epoch THEN
      INSERT INTO public.cursor_write (kind, shard, epoch, backend) VALUES ('claim', NEW.shard, NEW.epoch, pg_backend_pid());
    ELSIF (NEW.prev, NEW.target, NEW.position) IS DISTINCT FROM (OLD.prev, OLD.target, OLD.position) THEN
      INSERT INTO public.cursor_write (kind, shard, epoch, backend) VALUES ('move', NEW.shard, NEW.epoch, pg_backend_pid());
    END IF;
    RETURN NULL;
  END $$;
  CREATE TRIGGER witness AFTER UPDATE ON waybill.relay_shard FOR EACH ROW EXECUTE FUNCTION public.witness();`;

/** Cursors that were moved by another than the one that had claimed the shard last. */
const violations = `
  SELECT shard, epoch FROM public.cursor_write move
   WHERE kind = 'move' AND EXISTS (
     SELECT FROM public.cursor_write claim WHERE claim.kind = 'claim' AND claim.shard = move.shard AND claim.n < move.n
        AND (claim.epoch > move.epoch OR claim.epoch = move.epoch AND claim.backend <> move.backend))`;

/** What a process does that was stopped for so long that others took its place, and then goes on. */
export function zombies(sample: () => RunningSample): void {
  describe('a process that is stopped beyond its lease and its session, and goes on', () => {
    it('commits nothing in the place of those who took over, be it a service or a relay', async () => {
      const { query, stage } = sample();
      const { supervisor } = stage;
      const second = await secondOrders(sample());
      const relay = relayOf(sample().program('orders'));
      await query('orders', witness);
      await supervisor.start(second);
      await supervisor.start(relay);
      await supervisor.ready(second, stage.signal);
      for (const program of [second, relay]) await seenInLog(sample(), program, 'shards taken');
      const stopped = [sample().program('orders'), relay];

      let takenOver = 0;
      const report = await sample().run(orders, async (run) => {
        await moreEffects(run);
        const pids = stopped.map((program) => supervisor.pid(program) ?? 0);
        const claimedBefore = await claims(sample());
        for (const pid of pids) process.kill(pid, 'SIGSTOP');
        await pause(stoppedMs);
        takenOver = (await claims(sample())) - claimedBefore;
        for (const pid of pids) process.kill(pid, 'SIGCONT');
      });

      expect(judgement(report)).toEqual(valid(orders));
      expect(await query('orders', violations)).toEqual([]);
      expect(takenOver, 'shards taken over while their holders were stopped').toBeGreaterThan(0);
      await supervisor.retire(second);
      await supervisor.retire(relay);
    });
  });
}

/** How often a shard was claimed so far. */
async function claims(sample: RunningSample): Promise<number> {
  const claimed = `SELECT count(*) AS n FROM public.cursor_write WHERE kind = 'claim'`;
  const [row] = await sample.query('orders', claimed);
  return Number(row?.['n']);
}

async function seenInLog(sample: RunningSample, program: Program, text: string): Promise<void> {
  await eventually(() => sample.logOf(program).some((line) => line.includes(text)), {
    what: `"${text}" in the log of ${program.name}`,
    deadlineMs: 30_000,
  });
}

async function secondOrders(sample: RunningSample): Promise<Program> {
  const first = sample.program('orders');
  const [ports] = (await choosePorts(1)).instances;
  const url = `http://127.0.0.1:${ports.orders}`;
  return {
    ...first,
    name: 'orders-2',
    env: { ...first.env, HTTP_PORT: String(ports.orders) },
    url,
    readyUrl: `${url}/readyz`,
  };
}

/** A relay alone, on the database of a service. */
function relayOf(service: Program): Program {
  return {
    ...service,
    name: `${service.name}-relay`,
    args: [join(rootDirectory, 'packages/cli/src/main.ts'), 'relay'],
  };
}
