import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kafka, logLevel } from 'kafkajs';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Environment, environmentStatus, startEnvironment, stopEnvironment } from '../../environment/index.ts';
import { readState } from '../../environment/state.ts';

let stateDir: string;
let environment: Environment | undefined;

const start = () => startEnvironment({ purpose: 'bench', stateDir, mode: 'local', progress: () => undefined });

async function query(url: string, statement: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows;
  } finally {
    await client.end();
  }
}

async function withAdmin<T>(running: Environment, work: (admin: ReturnType<Kafka['admin']>) => Promise<T>): Promise<T> {
  const admin = new Kafka({ brokers: [...running.kafkaBrokers], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.disconnect();
  }
}

const subject = 'orders.order-orders.v1.Something';
const schema = JSON.stringify({ schema: '{"type":"record","name":"Something","namespace":"orders.v1","fields":[]}' });

async function register(running: Environment): Promise<unknown> {
  const response = await fetch(`${running.registryUrl}/subjects/${subject}/versions`, {
    method: 'POST',
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    body: schema,
  });
  return response.json();
}

beforeAll(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'waybill environment '));
});
afterAll(async () => {
  await environment?.stop();
  await stopEnvironment(stateDir);
  await rm(stateDir, { recursive: true, force: true });
});

describe('a local environment', () => {
  test('starts, keeps its data and its schema ids when it is started again, and has its ports back', async () => {
    const first = await start();
    environment = first;
    await query(first.postgresUrl, 'create table kept (n int); insert into kept values (42)');
    await withAdmin(first, (admin) =>
      admin.createTopics({ topics: [{ topic: 'kept', numPartitions: 3 }], waitForLeaders: true }),
    );
    const registered = await register(first);
    expect(registered).toEqual({ id: expect.any(Number) });
    expect(await query(first.postgresUrl, 'show wal_level')).toEqual([{ wal_level: 'logical' }]);
    await first.stop();
    expect(await environmentStatus(stateDir)).toEqual([]);

    const second = await start();
    environment = second;
    expect(second.reused).toBe(false);
    expect(await query(second.postgresUrl, 'select n from kept')).toEqual([{ n: 42 }]);
    expect(await withAdmin(second, (admin) => admin.listTopics())).toContain('kept');
    expect(await register(second)).toEqual(registered);
    expect([second.postgresUrl, second.kafkaBrokers, second.registryUrl]).toEqual([
      first.postgresUrl,
      first.kafkaBrokers,
      first.registryUrl,
    ]);
  });

  test('tells what runs where, without the password', async () => {
    const entries = await environmentStatus(stateDir);
    // Jaeger is there too on a machine that has it.
    expect(entries.map((entry) => [entry.component, entry.state]).slice(0, 3)).toEqual([
      ['postgres', 'running'],
      ['kafka', 'running'],
      ['registry', 'running'],
    ]);
    expect(JSON.stringify(entries)).not.toContain(':waybill@');
  });

  test('refuses a topic that nobody made', async () => {
    const running = environment ?? (await start());
    await expect(withAdmin(running, (admin) => admin.fetchTopicOffsets('never-made'))).rejects.toThrow(
      /does not host this topic/,
    );
    expect(await withAdmin(running, (admin) => admin.listTopics())).not.toContain('never-made');
  });

  test('is shared by a second start on the same directory, which does not stop it', async () => {
    const second = await start();
    expect(second.reused).toBe(true);
    await second.stop();
    expect(await query(second.postgresUrl, 'select 1 as one')).toEqual([{ one: 1 }]);
  });

  test('comes up again after all of it was killed at once', async () => {
    const { running } = readState(stateDir);
    for (const component of running?.components ?? []) {
      if (component.process !== undefined) process.kill(component.process.pid, 'SIGKILL');
    }
    await environment?.stop();
    environment = await start();
    expect(await query(environment.postgresUrl, 'select n from kept')).toEqual([{ n: 42 }]);
    expect(await withAdmin(environment, (admin) => admin.listTopics())).toContain('kept');
  });
});
