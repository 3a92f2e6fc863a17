import { WaybillError } from '../errors.ts';

/** The aggregate is not at the version that the caller expected: someone else published in between. */
export class VersionConflictError extends WaybillError {
  constructor(message: string, options?: ErrorOptions) {
    super('outbox.version-conflict', `${message}. Read the aggregate again, decide again, and publish again.`, options);
  }
}

/** The transaction may be lost by a crash after its commit was confirmed, and its events would already be published. */
export class UnsafeCommitError extends WaybillError {
  constructor(options?: ErrorOptions) {
    super(
      'outbox.unsafe-commit',
      'publish refuses a transaction with synchronous_commit = off: a crash could take back the change after its event was published. Use local or stronger for this transaction.',
      options,
    );
  }
}

/** What was to be published does not fit: an id, a header or the body is too long or empty. */
export class OutboxLimitError extends WaybillError {
  constructor(problem: string, nextStep: string) {
    super('outbox.limit', `${problem}. ${nextStep}.`);
  }
}

/** The contracts given to one call do not belong together, or are of the wrong kind. */
export class PublishContractError extends WaybillError {
  constructor(message: string) {
    super('outbox.contract', message);
  }
}

/** Transaction ids of another cluster mean nothing here: the database was restored, upgraded or copied. */
export class ClusterChangedError extends WaybillError {
  constructor(found: string) {
    super(
      'relay.cluster-changed',
      `${found}. The relay stops, because it cannot tell what was published. Stop the writers and run \`waybill relay rebase\` once; it publishes again what may be pending, and duplicates are harmless.`,
    );
  }
}

/** A standby's snapshots do not list running transactions, so polling there loses events. */
export class StandbyError extends WaybillError {
  constructor() {
    super(
      'relay.standby',
      'The relay is connected to a standby, whose snapshots are incomplete. Give it the address of the primary.',
    );
  }
}

/** The sequence hands out positions in blocks, which breaks the order of versions. */
export class SequenceCacheError extends WaybillError {
  constructor(cache: number) {
    super(
      'relay.sequence-cache',
      `The sequence waybill.outbox_position has CACHE ${cache}; versions would be published out of order. Run ALTER SEQUENCE waybill.outbox_position CACHE 1.`,
    );
  }
}
