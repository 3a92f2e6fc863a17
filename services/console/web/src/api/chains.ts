import type { AuditVerdict } from '@waybill/service/operations';
import { queryOptions } from '@tanstack/react-query';
import { readJson } from './client.ts';

/** What was published of a trail, each minute in which it grew, and whether it is still so. */
type Published =
  | {
      readonly compared: 'yes';
      readonly heads: number;
      readonly last?: { readonly seq: number; readonly at: string };
      readonly readAt: string;
      readonly problem?: { readonly seq: number; readonly problem: string; readonly publishedAt: string };
    }
  | { readonly compared: 'no'; readonly why: string };

export type ChainBody = AuditVerdict & { readonly service: string; readonly published: Published };

/** Whether a service's audit trail is whole, and as it was published. */
export function chainQuery(service: string) {
  return queryOptions({
    queryKey: ['chain', service],
    queryFn: ({ signal }) => readJson<ChainBody>(`/api/audit/chains/${encodeURIComponent(service)}`, signal),
    staleTime: 60_000,
    retry: false,
  });
}
