import pg from 'pg';
import { EnvironmentError } from '../environment/error.ts';
import { brokerAnswers } from '../local/kafka-probe.ts';
import { answersHttp, becomesReady } from '../local/readiness.ts';

/** From a healthy container to an answer on a port of this machine. */
const deadlineMs = 60_000;

async function postgresAnswers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2000 });
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('select 1');
    return true;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/**
 * Waits until a server in a container answers a program of this machine.
 * @throws EnvironmentError `environment.unreachable`, as it is with an engine on another machine.
 */
export async function untilReachable(name: ServerName, address: string): Promise<void> {
  try {
    await becomesReady({ what: name, deadlineMs, check: () => checks[name](address) });
  } catch (error) {
    throw new EnvironmentError(
      'environment.unreachable',
      `${name} runs in a container but does not answer at ${new URL(address.includes('://') ? address : `tcp://${address}`).host}. Use an engine of this machine, or set WAYBILL_ENVIRONMENT=local to use plain processes.`,
      { cause: error },
    );
  }
}

export type ServerName = 'postgres' | 'kafka' | 'registry' | 'jaeger';

const checks: Readonly<Record<ServerName, (address: string) => Promise<boolean>>> = {
  postgres: postgresAnswers,
  kafka: (address) => brokerAnswers(Number(address.split(':')[1])),
  registry: (address) => answersHttp(`${address}/subjects`),
  jaeger: (address) => answersHttp(`${address}/api/services`),
};
