import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { createTopics, registerContracts } from '@waybill/kafka';
import type { Role } from '@waybill/messaging';
import { eventually, testEnvironment, uniqueName } from '@waybill/testing';
import { SignJWT } from 'jose';
import { Pool } from 'pg';
import { post, silent } from '../fixtures/app.ts';
import { dishOrdered } from '../fixtures/kitchen.ts';

const program = fileURLToPath(new URL('../fixtures/kitchen.ts', import.meta.url));
const register = import.meta.resolve('@waybill/telemetry/register');
export const secret = 'an-operations-secret-of-more-than-32-characters';

/** Who asks, in a test. */
export interface Person {
  readonly name: string;
  readonly roles: readonly Role[];
}
export const oskar: Person = { name: 'oskar', roles: ['operator'] };
export const ada: Person = { name: 'ada', roles: ['operator', 'approver'] };
export const aki: Person = { name: 'aki', roles: ['auditor'] };
export const vera: Person = { name: 'vera', roles: ['viewer'] };

/** The handler of the projection, before and after it was mended. */
export type Board = 'buggy' | 'mended';

/** A kitchen as a process on the real environment, with or without facts, and what its operators send it. */
export async function kitchenWorld(
  settings: { readonly FACTS?: 'published'; readonly GREETER?: 'from now'; readonly BOARD?: Board } = {},
) {
  const environment = await testEnvironment();
  const database = await environment.createDatabase('kitchen');
  const db = new Pool({ connectionString: database.url, max: 2 });
  db.on('error', () => undefined);
  const [topic, name] = [uniqueName('kitchen.table'), uniqueName('kitchen')];
  await createTopics({
    ...{ brokers: environment.kafkaBrokers, clientId: name, log: silent },
    topics: [{ name: topic, partitions: 2 }],
  });
  await registerContracts({ url: environment.registryUrl, ownsRegistry: false, contracts: [dishOrdered(topic)] });
  let child: ChildProcess | undefined;
  let url = '';

  const sign = async (
    { name: sub, roles }: Person,
    claims: { readonly audience?: string; readonly jti?: string; readonly key?: string } = {},
  ) =>
    new SignJWT({ roles })
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject(sub)
      .setIssuer('waybill-cli')
      .setAudience(claims.audience ?? name)
      .setJti(claims.jti ?? randomUUID())
      .setIssuedAt()
      .setExpirationTime('60s')
      .sign(new TextEncoder().encode(claims.key ?? secret));

  const servers = { DATABASE_URL: database.url, KAFKA_BROKERS: environment.kafkaBrokers.join(',') };
  return {
    name,
    /** Variables by which a process finds its database and broker. */
    servers,
    db,
    topic,
    sign,
    /** Starts the process, or another one once it was killed. */
    async start(
      changed: { readonly BOARD?: Board; readonly SERVICE_VERSION?: string } = {},
      until: 'ready' | 'answering' = 'ready',
    ): Promise<void> {
      const started = spawn(process.execPath, ['--import', register, program], {
        stdio: ['ignore', 'pipe', 'pipe'],
        env: {
          PATH: process.env['PATH'],
          ...servers,
          SCHEMA_REGISTRY_URL: environment.registryUrl,
          HTTP_PORT: '0',
          SERVICE_TOKEN: 'a-token-of-sixteen-or-more',
          OPS_SECRET: secret,
          TOPIC: topic,
          NAME: name,
          ...settings,
          ...changed,
        },
      });
      child = started;
      let output = '';
      started.stdout.on('data', (chunk) => (output += String(chunk)));
      started.stderr.on('data', (chunk) => (output += String(chunk)));
      url = await eventually(() => /"url":"(http[^"]+)"/.exec(output)?.[1], {
        what: 'the kitchen listens',
        deadlineMs: 30_000,
      });
      // Who was killed leaves its groups waiting for it; what else it does goes on meanwhile.
      const isUp = async () =>
        until === 'ready'
          ? (await fetch(`${url}/readyz`)).status === 200
          : (await fetch(`${url}/ops/v1/overview`)).status !== 503;
      await eventually(isUp, {
        what: `the kitchen is ${until}`,
        deadlineMs: 60_000,
        everyMs: 100,
      }).catch((error: unknown) => {
        throw new Error(`${String(error)}: ${output}`);
      });
    },
    kill(): void {
      child?.kill('SIGKILL');
    },
    /** The same, and waits until it is gone. */
    async killed(): Promise<void> {
      if (child === undefined || child.exitCode !== null) return;
      const gone = once(child, 'exit');
      child.kill('SIGKILL');
      await gone;
    },
    /** Ends it in good order: its consumers leave their groups, and nobody waits for them. */
    async stop(): Promise<void> {
      if (child === undefined) return;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
    get url() {
      return url;
    },
    async order(table: string, ...dishes: readonly { readonly name: string; readonly guest: string }[]): Promise<void> {
      const { status, text } = await post(`${url}/dishes`, { table, dishes });
      if (status !== 201) throw new Error(text);
    },
    /** Serving or billing a dish of that name fails from now on. */
    async takeOff(what: string): Promise<void> {
      await db.query('INSERT INTO public.off_the_menu VALUES ($1)', [what]);
    },
    async putBack(what: string): Promise<void> {
      await db.query('DELETE FROM public.off_the_menu WHERE name = $1', [what]);
    },
    async get(
      person: Person,
      path: string,
    ): Promise<{ readonly status: number; readonly body: Record<string, unknown> }> {
      const response = await fetch(`${url}/ops/v1${path}`, {
        headers: { authorization: `Bearer ${await sign(person)}` },
      });
      return { status: response.status, body: (await response.json()) as Record<string, unknown> };
    },
    async send(person: Person, path: string, body: unknown, headers: Record<string, string> = {}) {
      const answer = await post(`${url}/ops/v1${path}`, body, {
        authorization: `Bearer ${await sign(person)}`,
        'idempotency-key': randomUUID(),
        ...headers,
      });
      return { status: answer.status, body: answer.json as Record<string, unknown> };
    },
    /** `table:version` of each effect of a consumer, in the order in which they were committed. */
    async effects(what: 'serve' | 'bill' | 'greet' | 'board', table: string): Promise<readonly number[]> {
      const { rows } = await db.query<{ version: string }>(
        'SELECT version FROM public.effect_ledger WHERE consumer = $1 AND aggregate_id = $2 ORDER BY ctid',
        [`${name}.${what}`, table],
      );
      return rows.map((row) => Number(row.version));
    },
    async close(): Promise<void> {
      child?.kill('SIGKILL');
      await db.end();
      await database.drop();
    },
  };
}

export type KitchenWorld = Awaited<ReturnType<typeof kitchenWorld>>;
