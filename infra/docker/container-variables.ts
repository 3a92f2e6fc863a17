import { heapMb, kafkaSettings } from '../environment/layout.ts';

/** Kafka's settings as the variables that its image turns into properties: `KAFKA_NODE_ID` for `node.id`. */
export function kafkaVariables(settings: Readonly<Record<string, string | number>>): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(settings).map(([key, value]) => [`KAFKA_${key.toUpperCase().replaceAll('.', '_')}`, String(value)]),
  );
}

/** The variables of the broker in its container, without the addresses at which it is to be reached. */
export const kafkaContainerVariables: Readonly<Record<string, string>> = {
  ...kafkaVariables({
    ...kafkaSettings,
    'listener.security.protocol.map': 'NETWORK:PLAINTEXT,HOST:PLAINTEXT,CONTROLLER:PLAINTEXT',
    'inter.broker.listener.name': 'NETWORK',
    'controller.quorum.voters': '1@127.0.0.1:9093',
    'log.dirs': '/var/lib/kafka/data',
  }),
  KAFKA_HEAP_OPTS: `-Xmx${heapMb.kafka}m`,
  KAFKA_JVM_PERFORMANCE_OPTS: '-XX:+UseSerialGC -XX:TieredStopAtLevel=1 -XX:+ExitOnOutOfMemoryError',
};

/** What the registry needs on top in its container. */
export const registryContainerVariables: Readonly<Record<string, string>> = {
  QUARKUS_HTTP_HOST: '0.0.0.0',
  JAVA_OPTS_APPEND: `-Xmx${heapMb.registry}m -XX:+UseSerialGC -XX:TieredStopAtLevel=1`,
};
