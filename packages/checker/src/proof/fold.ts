import type { TopicRecord } from '../evidence.ts';

/** What an account comes to. */
export interface AccountState {
  readonly total: number;
  readonly limit: number;
  /** Depends on the order of the changes. */
  readonly digest: number;
}

const opened: AccountState = { total: 0, limit: 0, digest: 0 };

/** The state that events of one account, in the order of their versions, add up to. */
export function foldAccount(events: readonly TopicRecord[]): AccountState {
  return events.toSorted((a, b) => a.version - b.version).reduce(applied, opened);
}

function applied(state: AccountState, { type, data }: TopicRecord): AccountState {
  if (type.endsWith('.AmountAdded')) {
    const amount = Number(data?.['amount']);
    return { ...state, total: state.total + amount, digest: digested(state.digest, amount) };
  }
  if (type.endsWith('.LimitChanged')) {
    const limit = Number(data?.['limit']);
    return { ...state, limit, digest: digested(state.digest, limit) };
  }
  return state;
}

function digested(digest: number, value: number): number {
  return (digest * 31 + value + 1_000_003) % 1_000_003;
}

/** The names of the fields in which two states differ. */
export function differences(a: AccountState, b: AccountState): readonly string[] {
  return (['total', 'limit', 'digest'] as const).filter((field) => a[field] !== b[field]);
}
