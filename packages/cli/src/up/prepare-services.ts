import type { Environment } from '@waybill/infra';
import { serviceNames } from '@waybill/infra/programs';
import { createTopics, registerContracts } from '@waybill/kafka';
import type { Logger } from '@waybill/messaging';
import { allContracts, topics } from '@waybill/schemas';
import { createDatabases } from './databases.ts';

/** Where they are made. */
export type Servers = Pick<Environment, 'postgresUrl' | 'kafkaBrokers' | 'registryUrl' | 'ownsRegistry'>;

/** Makes what the services must find: their databases, the topics, and their contracts in the registry. Repeatable. */
export async function prepareServices(environment: Servers, log: Logger): Promise<void> {
  await createDatabases(environment.postgresUrl, [...serviceNames, 'console']);
  await createTopics({
    brokers: environment.kafkaBrokers,
    clientId: 'waybill-up',
    log,
    topics: topics.map(({ name, partitions, cleanupPolicy, retentionMs }) => ({
      name,
      partitions,
      config: {
        'cleanup.policy': cleanupPolicy,
        ...(retentionMs === undefined ? {} : { 'retention.ms': String(retentionMs) }),
      },
    })),
  });
  await registerContracts({
    url: environment.registryUrl,
    contracts: allContracts,
    ownsRegistry: environment.ownsRegistry,
  });
}
