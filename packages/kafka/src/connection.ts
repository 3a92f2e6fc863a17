import { connect as connectTcp, isIP, Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { ConnectionOptions } from 'node:tls';
import type { Logger } from '@waybill/messaging';
import { Kafka, logLevel } from 'kafkajs';
import type { ISocketFactoryArgs, LogEntry, RetryOptions, SASLOptions } from 'kafkajs';
import { boundDecompression } from './compression.ts';
import { replaceKafkajsParts } from './kafkajs/replacements.ts';

/** Where the brokers are, and who is asking. */
export interface KafkaConnection {
  /** `host:port` of one broker or more; the others are learnt from them. */
  readonly brokers: readonly string[];
  /** Shown in the broker's logs and quotas. */
  readonly clientId: string;
  readonly log: Logger;
  readonly ssl?: boolean | ConnectionOptions;
  readonly sasl?: SASLOptions;
}

/** A kafkajs client that can be cut off for good. */
export interface KafkaClient {
  readonly kafka: Kafka;
  /**
   * Destroys its sockets and lets it open no more. kafkajs goes on retrying a request whose caller has given up; after
   * this nothing of it reaches the broker.
   */
  sever(): void;
}

export interface ClientTimeouts {
  readonly requestTimeoutMs: number;
  readonly connectionTimeoutMs: number;
  readonly retry: RetryOptions;
}

/** Milliseconds; short, because whoever calls retries with backoff of its own. */
export const defaultTimeouts: ClientTimeouts = {
  requestTimeoutMs: 10_000,
  connectionTimeoutMs: 3_000,
  retry: { retries: 3, initialRetryTime: 100, maxRetryTime: 1_000, multiplier: 2, factor: 0.2 },
};

/** Makes a client; it connects when it is first used. */
export function openClient(connection: KafkaConnection, timeouts: ClientTimeouts = defaultTimeouts): KafkaClient {
  boundDecompression();
  replaceKafkajsParts();

  const sockets = new Set<Socket>();
  let severed = false;

  const socketFactory = (target: ISocketFactoryArgs): Socket => {
    if (severed) return refusedSocket();
    const socket = connectSocket(target);
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket));
    return socket;
  };

  const kafka = new Kafka({
    brokers: [...connection.brokers],
    clientId: connection.clientId,
    ...(connection.ssl === undefined ? {} : { ssl: connection.ssl }),
    ...(connection.sasl === undefined ? {} : { sasl: connection.sasl }),
    connectionTimeout: timeouts.connectionTimeoutMs,
    requestTimeout: timeouts.requestTimeoutMs,
    enforceRequestTimeout: true,
    retry: timeouts.retry,
    socketFactory,
    logLevel: logLevel.INFO,
    logCreator: () => (entry) => writeLog(connection.log, entry),
  });

  return {
    kafka,
    sever() {
      severed = true;
      for (const socket of sockets) socket.destroy();
    },
  };
}

function connectSocket({ host, port, ssl, onConnect }: ISocketFactoryArgs): Socket {
  const socket = ssl
    ? connectTls({ host, port, ...(isIP(host) === 0 ? { servername: host } : {}), ...ssl }, onConnect)
    : connectTcp({ host, port }, onConnect);
  socket.setKeepAlive(true, 60_000);
  socket.setNoDelay(true);
  return socket;
}

function refusedSocket(): Socket {
  const socket = new Socket();
  setImmediate(() => socket.destroy(new Error('This client was severed.')));
  return socket;
}

/** kafkajs logs as errors what it then retries; whoever calls it reports what matters, so all of it is for debugging. */
function writeLog(log: Logger, { namespace, log: { message, timestamp: _timestamp, ...fields } }: LogEntry): void {
  log.debug({ component: `kafkajs.${namespace}`, ...plain(fields) }, message);
}

function plain(fields: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields).filter(([name, value]) => name !== 'stack' && (typeof value !== 'object' || value === null)),
  );
}
