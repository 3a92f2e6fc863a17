import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Kafka, logLevel } from 'kafkajs';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { docker, engineAnswers, environmentLabel, environmentName } from '../../docker/engine.ts';
import { ensureImage } from '../../docker/image-supply.ts';
import { environmentStatus, startEnvironment, stopEnvironment } from '../../environment/index.ts';
import { becomesReady } from '../../local/readiness.ts';

const serve = fileURLToPath(new URL('../../environment/serve.ts', import.meta.url));
const withEngine = await engineAnswers();
const owners: ChildProcess[] = [];
let directory: string;
let stateDirs: Readonly<Record<'up' | 'test', string>>;

interface Addresses {
  readonly postgresUrl: string;
  readonly kafkaBrokers: readonly string[];
  readonly registryUrl: string;
}

/** Runs an environment in a process of its own, which a test may kill. */
async function owner(purpose: 'up' | 'test'): Promise<{ readonly process: ChildProcess; readonly at: Addresses }> {
  const child = spawn(process.execPath, [serve, '--purpose', purpose, '--state-dir', stateDirs[purpose]], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, WAYBILL_ENVIRONMENT: 'docker' },
  });
  owners.push(child);
  const given = new Map<string, string>();
  for await (const line of createInterface(child.stdout)) {
    const [, name = '', value = ''] = /^export (\w+)='(.*)'$/.exec(line) ?? [];
    given.set(name, value);
    if (name === 'WAYBILL_JAEGER_URL') break;
  }
  const address = (name: string) => given.get(name) ?? `no ${name}`;
  const at = {
    postgresUrl: address('WAYBILL_POSTGRES_URL'),
    kafkaBrokers: address('WAYBILL_KAFKA_BROKERS').split(','),
    registryUrl: address('WAYBILL_REGISTRY_URL'),
  };
  return { process: child, at };
}

async function query(url: string, statement: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(statement)).rows;
  } finally {
    await client.end();
  }
}

async function withAdmin<T>(at: Addresses, work: (admin: ReturnType<Kafka['admin']>) => Promise<T>): Promise<T> {
  const admin = new Kafka({ brokers: [...at.kafkaBrokers], logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  try {
    return await work(admin);
  } finally {
    await admin.disconnect();
  }
}

const schema = '{"type":"record","name":"Something","namespace":"orders.v1","fields":[]}';

async function register({ registryUrl }: Addresses): Promise<unknown> {
  const response = await fetch(`${registryUrl}/subjects/orders.order-orders.v1.Something/versions`, {
    method: 'POST',
    headers: { 'content-type': 'application/vnd.schemaregistry.v1+json' },
    body: JSON.stringify({ schema }),
  });
  return response.json();
}

function running(purpose: 'up' | 'test'): Promise<string> {
  const name = environmentName(stateDirs[purpose]);
  const label = purpose === 'up' ? 'com.docker.compose.project' : environmentLabel;
  return docker(['ps', '--quiet', '--filter', `label=${label}=${name}`]);
}

async function untilNothingRuns(purpose: 'up' | 'test'): Promise<void> {
  const check = async () => (await running(purpose)) === '';
  await becomesReady({ what: 'The end of the containers', deadlineMs: 60_000, everyMs: 500, check });
}

describe.skipIf(!withEngine)('an environment in containers (skipped where no container engine answers)', () => {
  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'waybill docker '));
    stateDirs = { up: join(directory, 'up'), test: join(directory, 'test') };
  });
  afterEach(() => {
    // One that a failing test left behind would go on holding its containers.
    for (const each of owners.splice(0)) each.kill('SIGKILL');
  });
  afterAll(async () => {
    await stopEnvironment(stateDirs.up);
    await stopEnvironment(stateDirs.test);
    const project = `label=com.docker.compose.project=${environmentName(stateDirs.up)}`;
    for (const kind of [
      ['ps', '--all'],
      ['volume', 'ls'],
      ['network', 'ls'],
    ] as const) {
      const ids = (await docker([...kind, '--quiet', '--filter', project])).split('\n').filter((id) => id !== '');
      const remove = kind[0] === 'ps' ? ['rm', '--force', '--volumes'] : [kind[0], 'rm'];
      if (ids.length > 0) await docker([...remove, ...ids]);
    }
    await rm(directory, { recursive: true, force: true });
  });

  test('by compose keeps its data and its schema ids when it is started again, and ends with an owner that is killed', async () => {
    const first = await startEnvironment({
      purpose: 'up',
      stateDir: stateDirs.up,
      mode: 'docker',
      progress: () => undefined,
    });
    await query(first.postgresUrl, 'create table kept (n int); insert into kept values (42)');
    await withAdmin(first, (admin) => admin.createTopics({ topics: [{ topic: 'kept' }], waitForLeaders: true }));
    const id = await register(first);
    const broker = first.components?.find(({ name }) => name === 'kafka');
    await broker?.kill();
    await broker?.restart();
    expect(await withAdmin(first, (admin) => admin.listTopics())).toContain('kept');
    await first.stop();
    expect(await running('up')).toBe('');
    expect(await environmentStatus(stateDirs.up)).toEqual([]);

    const second = await owner('up');
    expect(second.at.kafkaBrokers).toEqual(first.kafkaBrokers);
    expect(await query(second.at.postgresUrl, 'select n from kept')).toEqual([{ n: 42 }]);
    expect(await withAdmin(second.at, (admin) => admin.listTopics())).toContain('kept');
    expect(await register(second.at)).toEqual(id);
    expect((await environmentStatus(stateDirs.up)).map(({ component, state }) => `${component} ${state}`)).toEqual(
      expect.arrayContaining(['postgres running', 'kafka running', 'registry running']),
    );

    second.process.kill('SIGKILL');
    await untilNothingRuns('up');
  }, 300_000);

  test('for tests tells clients the port that the engine chose, and is gone when its owner is killed', async () => {
    const { process: child, at } = await owner('test');
    const topics = await withAdmin(at, async (admin) => {
      await admin.createTopics({ topics: [{ topic: 'of-a-test' }], waitForLeaders: true });
      return admin.listTopics();
    });
    expect(topics).toContain('of-a-test');
    expect(await query(at.postgresUrl, 'show fsync')).toEqual([{ fsync: 'off' }]);
    expect(await register(at)).toEqual({ id: expect.any(Number) });

    child.kill('SIGKILL');
    await untilNothingRuns('test');
    const network = ['network', 'ls', '--quiet', '--filter', `name=^${environmentName(stateDirs.test)}$`];
    const check = async () => (await docker(network)) === '';
    await becomesReady({ what: 'The end of the network', deadlineMs: 20_000, everyMs: 200, check });
  }, 240_000);

  test('whose image cannot be had is refused with the ways around it', async () => {
    const getting = ensureImage('waybill.invalid/nothing:1.0.0', stateDirs.test, () => undefined);
    await expect(getting).rejects.toThrow(/waybill\.invalid\/nothing:1\.0\.0.*WAYBILL_ENVIRONMENT=local/s);
  });
});
