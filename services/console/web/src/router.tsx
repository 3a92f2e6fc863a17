import { createRootRoute, createRoute, createRouter, lazyRouteComponent } from '@tanstack/react-router';
import { parseSearch, stringifySearch } from './lists/address.ts';
import { auditFilter, entryFilter, failureFilter, knownFilter, stateFilter } from './lists/filters.ts';
import { journeySearch } from './journey/journey-search.ts';
import { parkedSearch } from './pages/parked/parked-search.ts';
import { NotFound, PageFailed } from './shell/dead-ends.tsx';
import { Shell } from './shell/shell.tsx';

const root = createRootRoute({ component: Shell, notFoundComponent: NotFound });
const under = () => root;

const overview = createRoute({
  getParentRoute: under,
  path: '/',
  component: lazyRouteComponent(() => import('./pages/overview/overview-page.tsx'), 'OverviewPage'),
});
const failures = createRoute({
  getParentRoute: under,
  path: '/failures',
  validateSearch: failureFilter,
  component: lazyRouteComponent(() => import('./pages/failures/failures-page.tsx'), 'FailuresPage'),
});
const group = createRoute({
  getParentRoute: under,
  path: '/failures/$service/$fingerprint',
  validateSearch: entryFilter,
  component: lazyRouteComponent(() => import('./pages/failures/group-page.tsx'), 'GroupPage'),
});
const parked = createRoute({
  getParentRoute: under,
  path: '/parked/$service/$id',
  validateSearch: parkedSearch,
  component: lazyRouteComponent(() => import('./pages/parked/entry-page.tsx'), 'EntryPage'),
});
const entries = createRoute({
  getParentRoute: under,
  path: '/parked',
  validateSearch: knownFilter,
  component: lazyRouteComponent(() => import('./pages/parked/entries-page.tsx'), 'EntriesPage'),
});
const search = createRoute({
  getParentRoute: under,
  path: '/journey',
  component: lazyRouteComponent(() => import('./pages/journey/search-page.tsx'), 'SearchPage'),
});
const journey = createRoute({
  getParentRoute: under,
  path: '/journey/$id',
  validateSearch: journeySearch,
  component: lazyRouteComponent(() => import('./pages/journey/journey-page.tsx'), 'JourneyPage'),
});
const flows = createRoute({
  getParentRoute: under,
  path: '/flows',
  component: lazyRouteComponent(() => import('./pages/flows/flows-page.tsx'), 'FlowsPage'),
});
const flow = createRoute({
  getParentRoute: under,
  path: '/flows/$service/$consumer',
  validateSearch: entryFilter,
  component: lazyRouteComponent(() => import('./pages/flows/flow-page.tsx'), 'FlowPage'),
});
const jobs = createRoute({
  getParentRoute: under,
  path: '/jobs',
  validateSearch: stateFilter,
  component: lazyRouteComponent(() => import('./pages/jobs/jobs-page.tsx'), 'JobsPage'),
});
const job = createRoute({
  getParentRoute: under,
  path: '/jobs/$service/$id',
  component: lazyRouteComponent(() => import('./pages/jobs/job-page.tsx'), 'JobPage'),
});
const approvals = createRoute({
  getParentRoute: under,
  path: '/approvals',
  validateSearch: stateFilter,
  component: lazyRouteComponent(() => import('./pages/approvals/approvals-page.tsx'), 'ApprovalsPage'),
});
const audit = createRoute({
  getParentRoute: under,
  path: '/audit',
  validateSearch: auditFilter,
  component: lazyRouteComponent(() => import('./pages/audit/audit-page.tsx'), 'AuditPage'),
});

/** Every state has an address, and its query is plain text. */
export const router = createRouter({
  routeTree: root.addChildren([
    overview,
    failures,
    group,
    parked,
    entries,
    search,
    journey,
    flows,
    flow,
    jobs,
    job,
    approvals,
    audit,
  ]),
  parseSearch,
  stringifySearch,
  defaultPreload: 'intent',
  scrollRestoration: true,
  defaultErrorComponent: PageFailed,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
