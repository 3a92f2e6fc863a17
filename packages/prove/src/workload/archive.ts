/** The archive as a process: it keeps what the office posted, at the end of the chain. */
import { consumer, on } from '@waybill/messaging';
import { ledgered, runService } from '@waybill/service';
import { openHistory } from '../history/history.ts';
import { readConfig } from './config.ts';
import { amountPosted } from './contracts.ts';
import { noteDeliveries } from './deliveries.ts';

const config = readConfig.archive();
const file = `${config.WORKLOAD_HISTORY}/${config.WORKLOAD_PROCESS}.${config.WORKLOAD_RUN}.jsonl`;
const history = openHistory(file, config.WORKLOAD_PROCESS);
history.note({ kind: 'started', pid: process.pid });
noteDeliveries(history);

await runService({
  name: 'archive',
  config,
  migrations: [],
  publishes: [],
  consumers: () => [
    consumer({
      name: 'archive.postings',
      kind: 'reaction',
      from: 'beginning',
      handlers: ledgered([on(amountPosted, () => undefined)], 'archive.postings'),
    }),
  ],
});
