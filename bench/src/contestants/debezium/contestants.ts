import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type Artifact, type JavaProgram, javaProgram } from '@waybill/infra/java';
import { onDatabase } from '../../world/database.ts';
import type { Place } from '../../world/place.ts';
import type { Program } from '../../process/program.ts';
import type { LatencyContestant, RelayContestant } from '../contestant.ts';
import { fillOutbox, prepareWaybill } from '../waybill/backlog.ts';
import { unattended } from '../waybill/writer.ts';
import artifacts from './artifacts.json' with { type: 'json' };
import { connectorSettings, properties, PUBLICATION, workerSettings } from './settings.ts';

const START_DEADLINE_MS = 120_000;

const what =
  "Debezium 3.6's EventRouter on Waybill's outbox, in Kafka Connect 4.3 standalone: poll.interval.ms 5, max.batch.size 8192, max.queue.size 32768, producer with 256 KiB batches and 5 requests in flight; heap up to 2 GB; the start of its JVM is in the CPU seconds of a drain";

export const debeziumRelay: RelayContestant = {
  name: 'debezium',
  role: 'rival',
  what,
  unavailable,
  prepare,
  fill: (place, rows) => fillOutbox(place, rows),
  async relay(place) {
    return connect(place, await program());
  },
};

export const debeziumWriter: LatencyContestant = {
  name: debeziumRelay.name,
  role: 'rival',
  what,
  unavailable,
  prepare,
  relay: debeziumRelay.name,
  writer: (place) => Promise.resolve(unattended(place)),
};

function program(): Promise<JavaProgram> {
  return javaProgram('debezium', artifacts satisfies readonly Artifact[], () => undefined);
}

async function unavailable(): Promise<string | undefined> {
  try {
    await program();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** The slot is there before the backlog, so that it holds it. */
async function prepare(place: Place): Promise<void> {
  await prepareWaybill(place);
  await onDatabase(place.databaseUrl, async (client) => {
    await client.query(
      `CREATE PUBLICATION ${PUBLICATION} FOR TABLE waybill.outbox WITH (publish = 'insert', publish_via_partition_root = true)`,
    );
    await client.query("SELECT pg_create_logical_replication_slot($1, 'pgoutput')", [place.run]);
  });
}

async function connect(place: Place, { java, classPath }: JavaProgram): Promise<Program> {
  const directory = mkdtempSync(join(tmpdir(), 'waybill-bench-connect-'));
  const [worker, connector] = [join(directory, 'worker.properties'), join(directory, 'connector.properties')];
  writeFileSync(worker, properties(workerSettings(place, directory, await freePort())));
  writeFileSync(connector, properties(connectorSettings(place)), { mode: 0o600 });
  const quiet = ['-Dorg.slf4j.simpleLogger.defaultLogLevel=error'];
  let jvm: ChildProcess | undefined;
  process.once('exit', () => jvm?.kill('SIGKILL'));
  return {
    async go() {
      const heap = ['-Xms256m', '-Xmx2g'];
      const main = 'org.apache.kafka.connect.cli.ConnectStandalone';
      jvm = spawn(java, [...heap, ...quiet, '-cp', classPath, main, worker, connector], {
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      await untilStreaming(place, jvm);
    },
    async stop() {
      const ended = new Promise((resolve) => jvm?.once('exit', resolve) ?? resolve(undefined));
      jvm?.kill('SIGTERM');
      await Promise.race([ended, delay(10_000)]);
      jvm?.kill('SIGKILL');
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

async function untilStreaming(place: Place, jvm: ChildProcess): Promise<void> {
  const deadline = performance.now() + START_DEADLINE_MS;
  await onDatabase(place.databaseUrl, async (client) => {
    for (;;) {
      const { rows } = await client.query<{ active: boolean }>(
        'SELECT active FROM pg_replication_slots WHERE slot_name = $1',
        [place.run],
      );
      if (rows[0]?.active === true) return;
      if (jvm.exitCode !== null) throw new Error(`Kafka Connect ended with status ${jvm.exitCode}`);
      if (performance.now() > deadline) throw new Error(`Kafka Connect did not stream within ${START_DEADLINE_MS} ms`);
      await delay(50);
    }
  });
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
