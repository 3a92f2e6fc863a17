/** The office as a process: it follows the branches in four ways, each a consumer. */
import { runService } from '@waybill/service';
import { openHistory } from '../history/history.ts';
import { readConfig } from './config.ts';
import { amountPosted } from './contracts.ts';
import { noteDeliveries } from './deliveries.ts';
import { officeConsumers, officeTables } from './office-consumers.ts';
import { outsideClient } from './outside-client.ts';

const config = readConfig.office();
const file = `${config.WORKLOAD_HISTORY}/${config.WORKLOAD_PROCESS}.${config.WORKLOAD_RUN}.jsonl`;
const history = openHistory(file, config.WORKLOAD_PROCESS);
history.note({ kind: 'started', pid: process.pid });
noteDeliveries(history);

await runService({
  name: 'office',
  config,
  migrations: [{ version: 1, name: 'office', sql: officeTables }],
  publishes: [amountPosted],
  consumers: () => officeConsumers(outsideClient(config.WORKLOAD_OUTSIDE_URL)),
});
