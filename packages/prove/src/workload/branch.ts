/** A branch as a process: it changes its accounts, and publishes what it did. */
import { runService } from '@waybill/service';
import { openHistory } from '../history/history.ts';
import { seededRandom } from '../random.ts';
import { branchTables } from './account-table.ts';
import { readConfig } from './config.ts';
import { branchContracts } from './contracts.ts';
import { generatorTask } from './generator.ts';

const config = readConfig.branch();
const name = `${config.WORKLOAD_PROCESS}.${config.WORKLOAD_RUN}`;
const contracts = branchContracts(config.WORKLOAD_BRANCH, config.WORKLOAD_SCHEMA);
const history = openHistory(`${config.WORKLOAD_HISTORY}/${name}.jsonl`, config.WORKLOAD_PROCESS);
history.note({ kind: 'started', pid: process.pid });

await runService({
  name: config.WORKLOAD_BRANCH,
  config,
  migrations: [{ version: 1, name: 'accounts', sql: branchTables }],
  publishes: Object.values(contracts),
  snapshots: () => [
    {
      contract: contracts.account,
      async load(tx, ids) {
        const { rows } = await tx.query(
          `SELECT account, total, "limit", digest FROM public.account WHERE account = ANY ($1::text[])`,
          [ids],
        );
        return new Map(rows.map((row) => [String(row['account']), { ...row }]));
      },
    },
  ],
  tasks: (runtime) => [
    generatorTask({
      runtime,
      contracts,
      history,
      name,
      random: seededRandom(`${config.WORKLOAD_SEED} ${name}`),
      loadFile: config.WORKLOAD_LOAD_FILE,
      rate: config.WORKLOAD_RATE,
    }),
  ],
});
