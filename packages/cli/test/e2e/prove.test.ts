import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { leftBehind, ownCommands } from './command.ts';
import { proveDeadlineMs as deadlineMs, type ProveResult } from './support/prove-result.ts';

const { stateDirectory, waybill } = ownCommands('waybill-prove-');

/** Forms of faults that are done to work under way; each must have hit some. */
const forms = ['kill', 'stop', 'broker', 'database', 'registry', 'cut', 'slow', 'half-open', 'rebalance', 'delivery'];
const more = ['duplicate', 'poison', 'schema', 'long-transaction'];

describe('waybill prove', () => {
  it(
    'is valid after two minutes of every fault, says what was hit, and leaves a report and no process',
    async () => {
      const run = await waybill('prove', '--minutes', '2', '--seed', 'ci-1', '--json').ended;
      const result: ProveResult = JSON.parse(run.lines.at(-1) ?? '{}');
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
});
