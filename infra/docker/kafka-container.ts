import { GenericContainer, type StartedTestContainer, Wait } from 'testcontainers';
import { EnvironmentError } from '../environment/error.ts';
import { images } from '../environment/layout.ts';
import { kafkaContainerVariables } from './container-variables.ts';

/** Where programs of this machine come in; the engine maps it to a port that is known only once the container runs. */
export const kafkaPort = 9092;
const startScript = '/tmp/start.sh';
const waiting = 'waiting for the start script';
/** An open port comes too early. */
const startedLine = 'Kafka Server started';
const startupMs = 120_000;

/**
 * Starts a broker that tells its clients the mapped port: the container waits for a script that names it, which is
 * written as soon as the port is known.
 * @param prepare adds what all containers have.
 */
export async function startKafkaContainer(
  prepare: (container: GenericContainer) => GenericContainer,
): Promise<StartedTestContainer> {
  const container = await prepare(new GenericContainer(images.kafka))
    .withExposedPorts(kafkaPort)
    .withEnvironment({
      ...kafkaContainerVariables,
      KAFKA_LISTENERS: `HOST://:${kafkaPort},NETWORK://:19092,CONTROLLER://127.0.0.1:9093`,
    })
    .withCommand([
      'bash',
      '-c',
      `echo ${waiting}; until test -f ${startScript}; do sleep 0.1; done; exec bash ${startScript}`,
    ])
    .withWaitStrategy(Wait.forLogMessage(waiting))
    .start();
  const host = `HOST://127.0.0.1:${container.getMappedPort(kafkaPort)}`;
  const content = `export KAFKA_ADVERTISED_LISTENERS=${host},NETWORK://kafka:19092\nexec /etc/kafka/docker/run\n`;
  await container.copyContentToContainer([{ content, target: startScript, mode: 0o755 }]);
  await untilLogged(container, startedLine);
  return container;
}

async function untilLogged(container: StartedTestContainer, text: string): Promise<void> {
  const logs = await container.logs();
  const timer = setTimeout(() => logs.destroy(), startupMs);
  let last = '';
  try {
    for await (const chunk of logs) {
      // A line may come in two pieces.
      last = (last + String(chunk)).slice(-4000);
      if (last.includes(text)) return;
    }
  } catch {
    // Ended by the timer; what was read last is told below.
  } finally {
    clearTimeout(timer);
    logs.destroy();
  }
  throw new EnvironmentError(
    'environment.not-ready',
    `Kafka did not start in its container. Its log ends with:\n${last.trimEnd().split('\n').slice(-5).join('\n')}`,
  );
}
