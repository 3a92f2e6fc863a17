import { createTopics, registerContracts } from '@waybill/kafka';
import type { Environment } from '@waybill/infra';
import type { Logger } from '@waybill/messaging';
import pg from 'pg';
import { databases } from '../fleet/programs.ts';
import { allContracts } from '../workload/contracts.ts';

/** Partitions of each topic: enough that each of two instances has several. */
const partitions = 6;

/** Makes what the workload must find on fresh servers: its databases, its topics, and its contracts in the registry. */
export async function prepare(environment: Environment, log: Logger): Promise<void> {
  const client = new pg.Client({ connectionString: environment.postgresUrl });
  await client.connect();
  try {
    for (const name of databases) await client.query(`CREATE DATABASE ${pg.escapeIdentifier(name)}`);
  } finally {
    await client.end();
  }
  const contracts = allContracts();
  const topics = new Map(contracts.map(({ topic, kind }) => [topic, kind]));
  await createTopics({
    brokers: environment.kafkaBrokers,
    clientId: 'waybill-prove',
    log,
    topics: [...topics].map(([name, kind]) => ({
      name,
      partitions,
      config: { 'cleanup.policy': kind === 'snapshot' ? 'compact' : 'delete' },
    })),
  });
  await registerContracts({ url: environment.registryUrl, contracts, ownsRegistry: environment.ownsRegistry });
}

/** The administrator's URL with another database. */
export function databaseUrl(adminUrl: string, database: string, port?: number): string {
  const url = new URL(adminUrl);
  url.pathname = `/${database}`;
  if (port !== undefined) url.port = String(port);
  return url.href;
}
