import { serve, type ServedEndpoint } from '@waybill/service';
import { chainVerdict, type noPublishedHeads, type PublishedHeads } from '../../application/audit-chains.ts';
import type { Services } from '../../application/services.ts';
import { loggedInOf, requireAllowed } from './access.ts';
import * as endpoints from './chain-endpoints.ts';
import { thrown, unknownService } from './service-refusals.ts';

export interface ChainRoutesOptions {
  readonly services: Services;
  readonly heads: PublishedHeads | typeof noPublishedHeads;
}

/** Whether the audit trails are whole. */
export function chainRoutes({ services, heads }: ChainRoutesOptions): readonly ServedEndpoint[] {
  return [
    serve(endpoints.readChain, async ({ request, params: { service } }) => {
      requireAllowed(request, 'audit');
      if (!services.names.includes(service)) throw unknownService(services.names);
      const verdict = await chainVerdict(services, heads, loggedInOf(request).person, service);
      if (!('verdict' in verdict)) throw thrown(verdict.problem);
      return { status: 200, body: verdict };
    }),
  ];
}
