import { filterFrom, type Filter } from '../lists/address.ts';

/** What a journey's address says beside its id: the event whose details are shown. */
export function journeySearch(search: Readonly<Record<string, unknown>>): Filter<'event'> {
  return filterFrom(search, ['event']);
}
