import type { Logger } from '@waybill/messaging';
import { problem } from '@waybill/service';
import express, { type Express } from 'express';
import type pg from 'pg';
import type { FailuresOptions } from '../../application/all-failures.ts';
import type { BodyOf } from '../../application/event-bodies.ts';
import type { EventIndex } from '../../application/event-index.ts';
import type { LiveOverviews } from '../../application/live-overviews.ts';
import type { OverviewOf } from '../../application/overviews.ts';
import type { Services } from '../../application/services.ts';
import type { OidcLogin } from '../oidc-login.ts';
import type { ServiceClient } from '../service-client.ts';
import { requireLogin, requireOwnPage } from './access.ts';
import { answering } from './answering.ts';
import type { ChainRoutesOptions } from './chain-routes.ts';
import { clientFiles } from './client-files.ts';
import { forward } from './forward.ts';
import { liveRoute } from './live-route.ts';
import { loginRoutes } from './login-routes.ts';
import { overallRoutes } from './overall-routes.ts';
import { personLimits, type RateLimits } from './rate-limits.ts';
import { noStore, securityHeaders } from './security-headers.ts';
import { sessions, type Transport } from './session.ts';

export interface ConsoleAppOptions {
  readonly pool: pg.Pool;
  readonly log: Logger;
  readonly login: OidcLogin;
  readonly client: ServiceClient;
  readonly services: Services;
  readonly index: EventIndex;
  readonly failures: FailuresOptions;
  readonly heads: ChainRoutesOptions['heads'];
  readonly bodyOf: BodyOf;
  readonly overviews: () => Promise<readonly OverviewOf[]>;
  readonly live: LiveOverviews;
  readonly settings: ConsoleAppSettings;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

export interface ConsoleAppSettings {
  readonly environment: 'production' | 'development';
  /** The origin at which browsers reach the console: `https://console.example.com`. */
  readonly origin: string;
  readonly transport: Transport;
  readonly sessionSecret: string;
  readonly issuer: string;
  readonly rolesClaim: string;
  readonly jaegerUrl: string | undefined;
  /** Proxies before the console whose `X-Forwarded-*` headers are believed. */
  readonly proxyHops: number;
  readonly limits: RateLimits;
  /** Where the built client lies. */
  readonly clientDirectory: string;
}

/** All that browsers ask of the console. An app of its own, since the proxies before it are its own affair. */
export function consoleApp(options: ConsoleAppOptions): Express {
  const { pool, log, login, client, services, index, failures, heads, bodyOf, overviews, live, settings, now } =
    options;
  const { origin, transport, limits } = settings;
  const app = express();
  app.disable('x-powered-by');
  app.set('etag', false);
  app.set('query parser', 'simple');
  app.set('trust proxy', settings.proxyHops);

  app.use(...securityHeaders(transport, settings.issuer));
  app.use(['/login', '/logout', '/api'], sessions(pool, settings.sessionSecret, transport));
  app.use(
    loginRoutes({
      login,
      rolesClaim: settings.rolesClaim,
      origin,
      transport,
      loginsPerMinute: limits.logins,
      log,
      sessionEnded: (sessionId) => live.endSession(sessionId),
      now,
    }),
  );

  app.use('/api', noStore, requireLogin(transport, now), requireOwnPage(origin), personLimits(limits));
  app.get('/api/live', liveRoute(live));
  app.all(
    '/api/ops/:service/*path',
    answering((request, response) => forward(client, request, response)),
  );
  const { environment, jaegerUrl } = settings;
  app.use(overallRoutes({ services, index, failures, heads, bodyOf, overviews, environment, jaegerUrl }));
  app.use('/api', () => {
    throw problem(404, { code: 'http.not-found', detail: 'The console has nothing at this path of its API.' });
  });
  app.use(clientFiles(settings.clientDirectory));
  return app;
}
