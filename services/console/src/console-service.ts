import { fileURLToPath } from 'node:url';
import { allContracts, AuditTrailExtendedV1 } from '@waybill/schemas';
import type { Logger } from '@waybill/messaging';
import { EventBodies, type ServiceDefinition } from '@waybill/service';
import type pg from 'pg';
import { publishedHeadsIn } from './adapters/audit-heads/published-heads.ts';
import { readHeadsTask } from './adapters/audit-heads/read-heads.ts';
import { eventIndex } from './adapters/event-index/event-index.ts';
import { eventIndexTask } from './adapters/event-index/keep-partitions.ts';
import { placeIn } from './adapters/event-index/place-of.ts';
import { saveIndexed } from './adapters/event-index/save-indexed.ts';
import { forgetFailuresTask } from './adapters/failures/keep-failures.ts';
import { knownFailures } from './adapters/failures/known-failures.ts';
import { saveFailures } from './adapters/failures/save-facts.ts';
import { consoleApp } from './adapters/http/app.ts';
import { description } from './adapters/http/overall-routes.ts';
import { type RateLimits, usualLimits } from './adapters/http/rate-limits.ts';
import { livingSessions, pruneSessions } from './adapters/http/session.ts';
import { migrations } from './adapters/migrations.ts';
import { oidcLogin } from './adapters/oidc-login.ts';
import { operationsToken } from './adapters/operations-token.ts';
import { serviceClient } from './adapters/service-client.ts';
import { serviceGateway } from './adapters/service-gateway.ts';
import { noPublishedHeads } from './application/audit-chains.ts';
import { eventBodies } from './application/event-bodies.ts';
import { noEventIndex } from './application/event-index.ts';
import { eventIndexing, eventIndexName } from './application/event-indexing.ts';
import { failureFacts } from './application/failure-facts.ts';
import { liveOverviews } from './application/live-overviews.ts';
import { sharedOverviews } from './application/overviews.ts';
import { type ServiceLooks, serviceLooks } from './application/service-looks.ts';
import type { ConsoleSettings } from './settings.ts';

/** The client that logs in at a provider. */
export interface LoginClient {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

export interface ConsoleServiceOptions {
  readonly settings: ConsoleSettings;
  readonly loginClient: LoginClient;
  /** Aborts when the process is told to stop, so that nothing that is held open keeps it. */
  readonly signal: AbortSignal;
  readonly limits?: RateLimits;
  readonly clientDirectory?: string;
  /** The name of the consumer that fills the event index, for tests that share a broker. */
  readonly indexConsumer?: string;
  /** Likewise of the one that reads what failed. */
  readonly failuresConsumer?: string;
  /** Milliseconds between two readings of published ends of audit trails. */
  readonly headsEveryMs?: number;
  /** Milliseconds since the epoch. */
  readonly now?: () => number;
  /** Milliseconds; see {@link liveOverviews}. */
  readonly live?: { readonly everyMs: number; readonly beatMs: number };
}

const builtClient = fileURLToPath(new URL('../dist', import.meta.url));
const pruneEveryMs = 5 * 60_000;
const lookEveryMs = 10_000;

/**
 * The console as a service. It publishes nothing, so that its own failures cannot feed on themselves. It consumes all
 * events for its index, and what services tell of their operation, in this same process, and serves whether or not it can: what failed is looked at here when the
 * broker is down, too.
 */
export function consoleService(options: ConsoleServiceOptions): ServiceDefinition {
  const {
    settings,
    loginClient,
    signal,
    limits = usualLimits,
    clientDirectory = builtClient,
    now = Date.now,
  } = options;
  const rolesClaim = settings.OIDC_ROLES_CLAIM;
  const readsFacts = settings.OPERATIONAL_FACTS === 'on';
  const isIndexing = settings.EVENT_INDEX === 'on';
  let looks: ServiceLooks | undefined;
  const looksOf = (pool: pg.Pool, log: Logger): ServiceLooks =>
    (looks ??= serviceLooks({
      services: serviceGateway(client, log),
      known: knownFailures(pool),
      failed: (error) => log.warn({ err: error }, 'what a service said of its failures could not be kept'),
    }));
  const client = serviceClient({ urls: settings.OPS_SERVICES, token: operationsToken(settings.OPS_SECRET) });
  return {
    name: 'console',
    // It has nothing to publish, and no operations API of its own.
    config: { ...settings, RELAY: 'off', OPS_SECRET: undefined },
    migrations,
    publishes: [],
    openapi: description,
    consumersMayLack: 'broker',
    consumers: () => [
      ...(isIndexing ? [indexing(options.indexConsumer)] : []),
      ...(readsFacts ? [failureFacts(saveFailures, options.failuresConsumer)] : []),
    ],
    tasks: ({ pool, log, topics, registry }) => [
      { name: 'prune-sessions', intervalMs: pruneEveryMs, run: () => pruneSessions(pool) },
      eventIndexTask(pool, settings.EVENT_INDEX_DAYS),
      ...(readsFacts ? [readHeadsTask({ db: pool, log: topics, registry }, log, options.headsEveryMs)] : []),
      forgetFailuresTask(pool, settings.FAILURES_DAYS, client.names),
      { name: 'look-at-services', intervalMs: lookEveryMs, run: () => looksOf(pool, log).look() },
    ],
    routes: ({ pool, log, topics, registry }) => {
      const services = serviceGateway(client, log);
      const failures = { names: client.names, known: knownFailures(pool), looks: looksOf(pool, log) };
      const overviews = sharedOverviews(services);
      const living = (ids: readonly string[]) => livingSessions(pool, ids);
      return consoleApp({
        pool,
        log,
        login: oidcLogin({
          ...loginClient,
          scopes: settings.OIDC_SCOPES,
          publicUrl: settings.PUBLIC_URL,
        }),
        client,
        services,
        failures,
        bodyOf: eventBodies({
          placeOf: placeIn(pool, options.indexConsumer ?? eventIndexName),
          topics,
          bodies: new EventBodies(registry, () => allContracts),
          failed: (error) => log.warn({ err: error }, 'an event could not be read from its topic'),
        }),
        heads: readsFacts ? publishedHeadsIn(pool) : noPublishedHeads,
        index: isIndexing ? eventIndex(pool, log) : noEventIndex,
        overviews,
        live: liveOverviews({ overviews, living, signal, now, ...options.live }),
        settings: {
          environment: settings.ENVIRONMENT,
          origin: settings.PUBLIC_URL,
          transport: settings.PUBLIC_URL.startsWith('https:') ? 'https' : 'http',
          sessionSecret: settings.SESSION_SECRET,
          issuer: loginClient.issuer,
          rolesClaim,
          jaegerUrl: settings.JAEGER_URL,
          proxyHops: settings.PROXY_HOPS ?? (settings.ENVIRONMENT === 'production' ? 1 : 0),
          limits,
          clientDirectory,
        },
        now,
      });
    },
  };
}

function indexing(name: string | undefined) {
  // Where an audit trail ends is no part of a journey, and kept for years: a new index would have to park most of them.
  const contracts = allContracts.filter((contract) => contract !== AuditTrailExtendedV1);
  return eventIndexing({ contracts, save: saveIndexed, ...(name === undefined ? {} : { name }) });
}
