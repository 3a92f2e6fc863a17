import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { endCommands, leftBehind, startCommand } from './command.ts';

const stateDirectory = mkdtempSync(join(tmpdir(), 'waybill-prove-'));
const waybill = (...args: readonly string[]) => startCommand(stateDirectory, ...args);

afterAll(async () => {
  await endCommands();
  rmSync(stateDirectory, { recursive: true, force: true });
}, 60_000);

/** Forms of faults that are done to work under way; each must have hit some. */
const forms = ['kill', 'stop', 'broker', 'database', 'registry', 'cut', 'slow', 'half-open', 'rebalance', 'delivery'];
const more = ['duplicate', 'poison', 'schema', 'long-transaction'];

/** The clock of a run stands still while a server comes back, which takes long on a machine with much else to do. */
const deadlineMs = 1_200_000;

describe('waybill prove', () => {
  it('refuses settings that make no sense before it starts anything', async () => {
    const run = await waybill('prove', '--faults', 'kill,earthquake').ended;
    expect(run.exitCode).toBe(1);
    expect(run.messages).toContain('--faults does not know earthquake. Give a comma list of kill, stop');
  });

  it(
    'is valid after two minutes of every fault, says what was hit, and leaves a report and no process',
    async () => {
      const run = await waybill('prove', '--minutes', '2', '--seed', 'ci-1', '--json').ended;
      const result: Result = JSON.parse(run.lines.at(-1) ?? '{}');
      expect(result, run.messages.slice(-4_000)).toMatchObject({ verdict: 'valid', violations: [], doubts: [] });
      expect(run.exitCode).toBe(0);
      const hit = Object.entries(result.faults).filter(([, { inFlight }]) => inFlight > 0);
      expect(hit.map(([form]) => form).toSorted()).toEqual([...forms, ...more].toSorted());
      expect(result.events).toBeGreaterThan(1_000);
      expect(existsSync(result.report)).toBe(true);
      expect(readFileSync(result.report, 'utf8')).toContain('<span class="verdict valid">valid</span>');
      expect(await leftBehind(stateDirectory)).toEqual([]);
    },
    deadlineMs,
  );

  it(
    'is invalid, with the ids, when the fence is taken out of the source that it runs',
    async () => {
      const args = ['--minutes', '1', '--seed', 'ci-2', '--faults', 'stop', '--patch', 'fence-removed', '--json'];
      const run = await waybill('prove', ...args).ended;
      const result: Result = JSON.parse(run.lines.at(-1) ?? '{}');
      expect(result.verdict, run.messages.slice(-4_000)).toBe('invalid');
      expect(run.exitCode).toBe(1);
      const zombies = result.violations.filter(({ code }) => code === 'zombie.cursor-write');
      expect(zombies.length).toBeGreaterThan(0);
      expect(zombies.every(({ ids }) => ids.length > 0)).toBe(true);
    },
    deadlineMs,
  );
});

interface Result {
  readonly verdict: string;
  readonly faults: Readonly<Record<string, { readonly done: number; readonly inFlight: number }>>;
  readonly events: number;
  readonly violations: readonly { readonly code: string; readonly ids: readonly string[] }[];
  readonly report: string;
}
