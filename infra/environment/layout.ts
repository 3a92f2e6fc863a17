/**
 * The one place for the names, ports, images and settings that the local way, the containers and docker-compose.yml
 * have in common. It reads nothing and imports nothing.
 */
import type { EnvironmentPurpose } from './environment.ts';

/** Image of each server, as docker-compose.yml and the tests run it. */
export const images = {
  postgres: 'postgres:18',
  kafka: 'apache/kafka:4.3.0',
  registry: 'apicurio/apicurio-registry:3.3.3',
  jaeger: 'jaegertracing/jaeger:2.13.0',
} as const;

/** The ports of the loopback address to try first, of `up`. All lie below the ephemeral range. */
export const defaultPorts = { postgres: 15_432, kafka: 19_092, registry: 18_081, jaeger: 16_686, otlp: 14_318 };

/** What the other purposes add, so that all may run at once. */
export const portOffsets: Readonly<Record<EnvironmentPurpose, number>> = {
  up: 0,
  prove: 2_500,
  bench: 5_000,
  test: 10_000,
};

/** Administrator of the PostgreSQL server, which listens on the loopback address only. */
export const postgresAccount = { user: 'waybill', password: 'waybill' };

/** Arguments of initdb: one collation on every system, whatever its locale. */
export const initdbArguments = [
  '--encoding=UTF8',
  '--locale=C',
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
] as const;

/** Settings of the PostgreSQL server. */
export const postgresSettings: Readonly<Record<string, string>> = {
  wal_level: 'logical',
  max_connections: '300',
  max_prepared_transactions: '20',
  // The user is called as Waybill's schema is; what is not qualified belongs in public all the same.
  search_path: 'public',
  shared_buffers: '256MB',
  timezone: 'UTC',
  log_timezone: 'UTC',
};

/** For tests: a process that is killed loses nothing with these; only a machine that stops does. */
export const volatilePostgresSettings: Readonly<Record<string, string>> = { fsync: 'off', full_page_writes: 'off' };

/** The registry's own database, so that ids live as long as the data. */
export const registryDatabase = 'registry';

/** The Confluent API, which every client library speaks. */
export const confluentPath = '/apis/ccompat/v7';

/** Bytes; the publishing side refuses larger events long before. */
const maxMessageBytes = 1_048_576;

/** Settings of the one broker, which is its own controller; listeners and directories come on top. */
export const kafkaSettings: Readonly<Record<string, string | number>> = {
  'process.roles': 'broker,controller',
  'node.id': 1,
  'controller.listener.names': 'CONTROLLER',
  'auto.create.topics.enable': 'false',
  'message.max.bytes': maxMessageBytes,
  'num.partitions': 1,
  'num.network.threads': 2,
  'num.io.threads': 4,
  'background.threads': 2,
  'log.cleaner.dedupe.buffer.size': 16 * 1024 * 1024,
  'default.replication.factor': 1,
  'offsets.topic.replication.factor': 1,
  'offsets.topic.num.partitions': 8,
  'transaction.state.log.replication.factor': 1,
  'transaction.state.log.min.isr': 1,
  'transaction.state.log.num.partitions': 4,
  'share.coordinator.state.topic.replication.factor': 1,
  'share.coordinator.state.topic.min.isr': 1,
  'group.initial.rebalance.delay.ms': 0,
};

/** Memory of the JVMs, in MB. */
export const heapMb = { kafka: 512, registry: 384 };

/** Jaeger would trace itself, and on its way out wait for a collector that is not there. */
export const jaegerVariables: Readonly<Record<string, string>> = {
  OTEL_TRACES_SAMPLER: 'always_off',
  OTEL_SDK_DISABLED: 'true',
  OTEL_TRACES_EXPORTER: 'none',
};

/**
 * Variables of the registry, with its storage on PostgreSQL.
 * @param server `host:port` of PostgreSQL, as the registry reaches it.
 */
export function registryVariables(server: string, account = postgresAccount): Readonly<Record<string, string>> {
  return {
    QUARKUS_LOG_CONSOLE_JSON: 'false',
    QUARKUS_LOG_FILE_ENABLE: 'false',
    QUARKUS_ANALYTICS_DISABLED: 'true',
    QUARKUS_OTEL_SDK_DISABLED: 'true',
    APICURIO_STORAGE_KIND: 'sql',
    APICURIO_STORAGE_SQL_KIND: 'postgresql',
    APICURIO_DATASOURCE_URL: `jdbc:postgresql://${server}/${registryDatabase}`,
    APICURIO_DATASOURCE_USERNAME: account.user,
    APICURIO_DATASOURCE_PASSWORD: account.password,
    APICURIO_DATASOURCE_JDBC_INITIAL_SIZE: '2',
    APICURIO_DATASOURCE_JDBC_MIN_SIZE: '2',
    APICURIO_DATASOURCE_JDBC_MAX_SIZE: '10',
  };
}
