import { randomBytes } from 'node:crypto';
import { type ProgressStep, startEnvironment } from '@waybill/infra';
import { registerContracts } from '@waybill/kafka';
import { createDatabase, dropDatabase, onDatabase } from './database.ts';
import { measuredContract } from './event.ts';
import type { Place, Servers } from './place.ts';
import { Broker } from './topic.ts';

/** A place with its way out. */
export interface OwnPlace extends Place, AsyncDisposable {}

/** The servers of the bench, running, and places on them. */
export class World {
  readonly servers: Servers;
  readonly broker: Broker;
  readonly #schemaId: number;
  readonly #stop: () => Promise<void>;

  private constructor(servers: Servers, broker: Broker, schemaId: number, stop: () => Promise<void>) {
    this.servers = servers;
    this.broker = broker;
    this.#schemaId = schemaId;
    this.#stop = stop;
  }

  /** Starts PostgreSQL (fsync and synchronous commit on), Kafka and a registry that are the bench's alone. */
  static async start(stateDir: string, progress: (step: ProgressStep) => void): Promise<World> {
    const environment = await startEnvironment({ purpose: 'bench', stateDir, progress });
    try {
      // What a server that writes much is given: a checkpoint in the middle of a run would hit whoever is running.
      if (environment.mode !== 'given') {
        await onDatabase(environment.postgresUrl, async (client) => {
          await client.query(`ALTER SYSTEM SET max_wal_size = '4GB'`);
          await client.query(`ALTER SYSTEM SET checkpoint_timeout = '15min'`);
          await client.query('SELECT pg_reload_conf()');
        });
      }
      const contract = measuredContract('bench.measured');
      const [registered] = await registerContracts({
        url: environment.registryUrl,
        contracts: [contract],
        ownsRegistry: environment.ownsRegistry,
      });
      const broker = await Broker.connect(environment.kafkaBrokers);
      return new World(environment, broker, registered?.id ?? 0, async () => {
        await broker.close();
        await environment.stop();
      });
    } catch (error) {
      await environment.stop();
      throw error;
    }
  }

  /** Registers the bench's contract for a topic, for those who look it up. */
  async register(topic: string): Promise<void> {
    const { registryUrl, ownsRegistry } = this.servers;
    await registerContracts({ url: registryUrl, contracts: [measuredContract(topic)], ownsRegistry });
  }

  /** A database and a topic for one run; gone when disposed of. */
  async place(name: string, aggregates: number): Promise<OwnPlace> {
    const run = `bench_${name.replaceAll(/[^a-z0-9]+/g, '_')}_${randomBytes(4).toString('hex')}`;
    const databaseUrl = await createDatabase(this.servers.postgresUrl, run);
    await this.broker.createTopic(run);
    return {
      databaseUrl,
      brokers: this.servers.kafkaBrokers,
      registryUrl: this.servers.registryUrl,
      topic: run,
      schemaId: this.#schemaId,
      aggregates,
      versionsBefore: 0,
      run,
      [Symbol.asyncDispose]: async () => {
        await this.broker.deleteTopic(run);
        await dropDatabase(this.servers.postgresUrl, run);
      },
    };
  }

  /** A new topic for a place that is used again. */
  async ownTopic(place: Place): Promise<Place> {
    const topic = `${place.run}_${randomBytes(3).toString('hex')}`;
    await this.broker.createTopic(topic);
    return { ...plainPlace(place), topic };
  }

  async stop(): Promise<void> {
    await this.#stop();
  }
}

/** A place as plain data, for a process. */
export function plainPlace(place: Place): Place {
  const { databaseUrl, brokers, registryUrl, topic, schemaId, aggregates, versionsBefore, run } = place;
  return { databaseUrl, brokers, registryUrl, topic, schemaId, aggregates, versionsBefore, run };
}
