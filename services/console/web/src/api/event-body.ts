import { queryOptions } from '@tanstack/react-query';
import { readJson } from './client.ts';

/** What an event says, as it lies in its topic; personal values are masked. */
export interface EventBody {
  readonly eventId: string;
  readonly type: string;
  readonly topic: string;
  readonly partition: number;
  readonly offset: string;
  readonly data?: unknown;
  readonly schema?: string;
  readonly masked: readonly string[];
  readonly unreadable?: string;
}

/** Asked for when somebody wants to see it, and kept then: what lies in a topic does not change. */
export function eventBodyQuery(eventId: string) {
  return queryOptions({
    queryKey: ['event-body', eventId],
    queryFn: ({ signal }) => readJson<EventBody>(`/api/events/${encodeURIComponent(eventId)}/body`, signal),
    staleTime: Number.POSITIVE_INFINITY,
    retry: false,
  });
}
