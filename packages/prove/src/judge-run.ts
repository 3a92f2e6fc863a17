import { join } from 'node:path';
import { judgeProof, loadProof } from '@waybill/checker';
import { databases } from './fleet/programs.ts';
import type { ProveOptions, ProveResult } from './prove.ts';
import { writeReport } from './report/write-report.ts';
import type { Ran } from './run-workload.ts';
import { branches } from './workload/contracts.ts';
import { operationsPerSecond, type Stage } from './setup/start-fleet.ts';

/** The share of the operations of an undisturbed load that must have been committed: faults take some of it. */
const leastShare = 0.25;
/** Processes that begin operations. */
const generators = 2 * branches.length;

/** Has the checker read all that is there and judge it, and writes the report. */
export async function judgeRun(stage: Stage, options: ProveOptions, { audits, doubts }: Ran): Promise<ProveResult> {
  const { seed, minutes, forms, stateDir } = options;
  const { kafkaBrokers, registryUrl } = stage.environment;
  const evidence = await loadProof(
    {
      databases: Object.fromEntries(databases.map((database) => [database, stage.databaseUrl(database)])),
      kafkaBrokers,
      registryUrl,
      historyDir: stage.historyDir,
    },
    audits,
  );
  const operations = Math.round(minutes * 60 * operationsPerSecond * generators * leastShare);
  const report = judgeProof({ ...evidence, unread: [...evidence.unread, ...doubts] }, { faults: forms, operations });
  const reportFile = join(stateDir, 'report.html');
  writeReport({ file: reportFile, seed, minutes, evidence, from: evidence.load.from, report });
  return { report, reportFile };
}
