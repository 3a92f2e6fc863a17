import type { Environment } from '@waybill/infra';
import type { Random } from '../random.ts';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts';

/** What stands between the workload and its two servers. */
export interface Links {
  readonly kafka: TcpProxy;
  readonly postgres: TcpProxy;
  /** Tells the proxies where the servers are; what comes before that finds nobody. */
  leadTo(environment: Environment): void;
  close(): Promise<void>;
}

/** Starts the proxies, which listen before there are servers: the broker must know where to send its clients. */
export async function startLinks(random: Random): Promise<Links> {
  const nowhere = { host: '127.0.0.1', port: 1 };
  const targets = { kafka: nowhere, postgres: nowhere };
  const kafka = await startTcpProxy({ random, target: () => targets.kafka });
  const postgres = await startTcpProxy({ random, target: () => targets.postgres });
  return {
    kafka,
    postgres,
    leadTo({ brokerBehindProxy = '', postgresUrl }) {
      targets.kafka = { host: '127.0.0.1', port: Number(brokerBehindProxy.split(':')[1] ?? 1) };
      targets.postgres = { host: '127.0.0.1', port: Number(new URL(postgresUrl).port) };
    },
    close: async () => void (await Promise.all([kafka.close(), postgres.close()])),
  };
}
