import { describe, expect, it } from 'vitest';
import { ownCommands } from './command.ts';
import { proveDeadlineMs as deadlineMs, type ProveResult } from './support/prove-result.ts';

const { waybill } = ownCommands('waybill-prove-');

describe('waybill prove', () => {
  it('refuses settings that make no sense before it starts anything', async () => {
    const run = await waybill('prove', '--faults', 'kill,earthquake').ended;
    expect(run.exitCode).toBe(1);
    expect(run.messages).toContain('--faults does not know earthquake. Give a comma list of kill, stop');
  });

  it(
    'is invalid, with the ids, when the fence is taken out of the source that it runs',
    async () => {
      const args = ['--minutes', '1', '--seed', 'ci-2', '--faults', 'stop', '--patch', 'fence-removed', '--json'];
      const run = await waybill('prove', ...args).ended;
      const result: ProveResult = JSON.parse(run.lines.at(-1) ?? '{}');
      expect(result.verdict, run.messages.slice(-4_000)).toBe('invalid');
      expect(run.exitCode).toBe(1);
      const zombies = result.violations.filter(({ code }) => code === 'zombie.cursor-write');
      expect(zombies.length).toBeGreaterThan(0);
      expect(zombies.every(({ ids }) => ids.length > 0)).toBe(true);
    },
    deadlineMs,
  );
});
