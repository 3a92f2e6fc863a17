import type { Environment } from '@waybill/infra';
import { createTopics, registerContracts } from '@waybill/kafka';
import type { Logger } from '@waybill/messaging';
import { allContracts, topics } from '@waybill/schemas';
import { createDatabases } from './databases.ts';
import { serviceNames } from './fleet.ts';

/** Makes what the services must find: their databases, the topics, and their contracts in the registry. */
export async function prepareServices(environment: Environment, log: Logger): Promise<void> {
  await createDatabases(environment.postgresUrl, serviceNames);
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
