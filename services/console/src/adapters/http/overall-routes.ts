import { contexts } from '@waybill/schemas';
import { openapi, routes, serve } from '@waybill/service';
import type { Request, Router } from 'express';
import type { BodyOf } from '../../application/event-bodies.ts';
import type { EventIndex } from '../../application/event-index.ts';
import { journeyOf } from '../../application/journeys.ts';
import type { FailuresOptions } from '../../application/all-failures.ts';
import { allApprovals, allAudit, allJobs } from '../../application/listings.ts';
import type { OverviewOf } from '../../application/overviews.ts';
import type { Services } from '../../application/services.ts';
import { wordOf } from '../../domain/audit-pages.ts';
import { loggedInOf, requireAllowed } from './access.ts';
import * as bodyEndpoints from './body-endpoints.ts';
import { bodyRoutes } from './body-routes.ts';
import * as chainEndpoints from './chain-endpoints.ts';
import { chainRoutes, type ChainRoutesOptions } from './chain-routes.ts';
import * as endpoints from './endpoints.ts';
import * as failureEndpoints from './failure-endpoints.ts';
import { failureRoutes } from './failure-routes.ts';

/** Who owns what a service publishes, by the service's name, as the schemas' contexts say. */
const owners = Object.fromEntries(contexts.map(({ name, owner }) => [name, owner]));

export interface OverallRoutesOptions {
  readonly services: Services;
  readonly index: EventIndex;
  readonly failures: FailuresOptions;
  readonly heads: ChainRoutesOptions['heads'];
  readonly bodyOf: BodyOf;
  readonly overviews: () => Promise<readonly OverviewOf[]>;
  readonly environment: 'production' | 'development';
  readonly jaegerUrl: string | undefined;
}

/** The session, and what goes to all services at once: one that does not answer is named, and the others are shown. */
export function overallRoutes(options: OverallRoutesOptions): Router {
  const { services, index, failures, heads, bodyOf, overviews, environment, jaegerUrl } = options;
  return routes(
    serve(endpoints.readSession, ({ request }) => {
      const { person, csrfToken } = loggedInOf(request);
      const jaeger = jaegerUrl === undefined ? {} : { jaegerUrl };
      return {
        status: 200,
        body: { user: person, csrfToken, environment, ...jaeger, services: services.names, owners },
      };
    }),
    serve(endpoints.readOverview, async ({ request }) => {
      requireAllowed(request, 'read');
      return { status: 200, body: { services: await overviews() } };
    }),
    ...failureRoutes(failures),
    ...chainRoutes({ services, heads }),
    ...bodyRoutes(bodyOf),
    serve(endpoints.readJourney, async ({ request, query }) => {
      return { status: 200, body: await journeyOf({ services, index }, readerOf(request), query.id) };
    }),
    serve(endpoints.readJobs, async ({ request }) => {
      return { status: 200, body: await allJobs(services, readerOf(request)) };
    }),
    serve(endpoints.readApprovals, async ({ request, query }) => {
      return { status: 200, body: await allApprovals(services, readerOf(request), query.state) };
    }),
    serve(endpoints.readAudit, async ({ request, query }) => {
      requireAllowed(request, 'audit');
      const { limit, next: places = {}, ...filters } = query;
      const set = Object.entries(filters).filter((pair): pair is [string, string] => pair[1] !== undefined);
      const search = { limit, filters: Object.fromEntries(set), places };
      const { next, ...page } = await allAudit(services, loggedInOf(request).person, search);
      return { status: 200, body: { ...page, ...(next === undefined ? {} : { next: wordOf(next) }) } };
    }),
  );
}

function readerOf(request: Request) {
  requireAllowed(request, 'read');
  return loggedInOf(request).person;
}

/** The description served at `/openapi.json`; what is passed on is described by each service. */
export const description: object = openapi(
  { title: 'Console', version: '1' },
  Object.values({ ...endpoints, ...failureEndpoints, ...chainEndpoints, ...bodyEndpoints }),
);
