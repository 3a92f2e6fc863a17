import type { OutboxRow } from './outbox-row.ts';
import type { Transaction } from './outbox.ts';

/** A row to be written. The store gives its position and, for an event, its version. */
export interface OutboxEntry extends Omit<OutboxRow, 'position' | 'aggregateVersion' | 'specVersion'> {
  readonly major: number;
  /** Entries with the same number are renditions of one fact and get one version. Ascending within a call. */
  readonly fact: number;
  readonly version:
    /** The aggregate's next one; when a number is expected and another would be given, the statement fails. */
    | { readonly take: 'next'; readonly expected: number | undefined }
    /** A snapshot's: the version that it was taken at. */
    | { readonly take: 'given'; readonly version: number };
}

export interface OutboxStore {
  /**
   * Writes the entries in the caller's transaction, in one statement: raises the heads of their aggregates in id
   * order, so that two such calls cannot deadlock, and draws positions after that. Answers the version of each entry,
   * in the order given. Whatever it throws leaves the transaction failed.
   * @throws {VersionConflictError} when an expected version is not the next one.
   * @throws {UnsafeCommitError} when the transaction has `synchronous_commit = off`.
   */
  append(tx: Transaction, entries: readonly OutboxEntry[]): Promise<readonly { readonly version: number }[]>;
}
