import { setTimeout as pause } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { judgement, moreEffects, processorSeconds, type RunningSample, valid } from '../running-sample.ts';

const orders = 40;
const awayMs = 4_000;

interface Effort {
  readonly name: string;
  readonly processorShare: number;
  readonly logLines: number;
}

/** What each service does while something is away. */
async function effortWhile(sample: RunningSample, ms: number): Promise<readonly Effort[]> {
  const measure = () =>
    sample.services.map((service) => ({
      service,
      used: processorSeconds(sample.stage.supervisor.pid(service) ?? 0),
      lines: sample.logOf(service).length,
    }));
  const before = measure();
  await pause(ms);
  return measure().map(({ service, used, lines }, index) => ({
    name: service.name,
    processorShare: (used - (before[index]?.used ?? 0)) / (ms / 1000),
    logLines: lines - (before[index]?.lines ?? 0),
  }));
}

/** What a server that dies without a warning does to the services that need it. */
export function serversAway(sample: () => RunningSample): void {
  describe.each(['registry', 'postgres', 'kafka'] as const)('%s killed in the middle of a run', (name) => {
    it('costs no event, keeps no service from coming back by itself, and makes none of them spin', async () => {
      const pids = sample().services.map((service) => sample().stage.supervisor.pid(service));
      let efforts: readonly Effort[] = [];
      const report = await sample().run(orders, async (run) => {
        await moreEffects(run);
        await sample().server(name).kill();
        efforts = await effortWhile(sample(), awayMs);
        await sample().server(name).restart();
        await sample().healthy();
      });
      expect(judgement(report)).toEqual(valid(orders));
      expect(efforts.filter(({ processorShare, logLines }) => processorShare > 0.5 || logLines > 150)).toEqual([]);
      // Each of them lived through it.
      expect(sample().services.map((service) => sample().stage.supervisor.pid(service))).toEqual(pids);
    });
  });
}
