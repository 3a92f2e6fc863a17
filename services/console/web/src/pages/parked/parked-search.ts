import { filterFrom, type Filter } from '../../lists/address.ts';

/** What an entry's address says beside its id: the tab of a narrow screen, and the approval that unmasks. */
export function parkedSearch(search: Readonly<Record<string, unknown>>): Filter<'tab' | 'unmask'> {
  return filterFrom(search, ['tab', 'unmask']);
}
