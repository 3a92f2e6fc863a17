/** What a broker's or kafkajs's error says, with the wrappers of its retrier taken off. */
export interface BrokerError {
  /** The protocol's name (`MESSAGE_TOO_LARGE`), else the error's class or system code (`ECONNREFUSED`). */
  readonly code: string;
  readonly message: string;
}

export function brokerError(error: unknown): BrokerError {
  let current = error;
  let found: BrokerError = { code: 'UNKNOWN', message: String(error) };
  for (let depth = 0; depth < 10 && current instanceof Error; depth += 1) {
    found = { code: property(current, 'type') ?? property(current, 'code') ?? current.name, message: current.message };
    if (property(current, 'type') !== undefined || current.cause === undefined || current.cause === current) break;
    current = current.cause;
  }
  return found;
}

function property(error: Error, name: 'type' | 'code'): string | undefined {
  const value: unknown = Reflect.get(error, name);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

const recordFaults = new Set([
  'CORRUPT_MESSAGE',
  'MESSAGE_TOO_LARGE',
  'RECORD_LIST_TOO_LARGE',
  'INVALID_TIMESTAMP',
  'INVALID_RECORD',
  // JavaScript's own, from encoding a record
  'ERR_INVALID_ARG_TYPE',
  'ERR_OUT_OF_RANGE',
  'TypeError',
  'RangeError',
]);

/** Whether the error lies in a record that was sent, rather than in the topic, the broker or the way there. */
export function isRecordFault(code: string): boolean {
  return recordFaults.has(code);
}

const lostSequences = new Set([
  'OUT_OF_ORDER_SEQUENCE_NUMBER',
  'DUPLICATE_SEQUENCE_NUMBER',
  'INVALID_PRODUCER_EPOCH',
  'UNKNOWN_PRODUCER_ID',
]);

/** Whether the broker and the producer disagree on sequence numbers, which only a new producer mends. */
export function isLostSequence(code: string): boolean {
  return lostSequences.has(code);
}
