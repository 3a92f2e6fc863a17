import type { EntityKey } from './inbox-store.ts';
import type { LogRecord } from '../log.ts';

/** A record as a producer hands it out over HTTP: as it was, or would have been, published. */
export type FetchedRecord = Pick<LogRecord, 'topic' | 'key' | 'value' | 'headers'>;

/** The producers of events, asked when the log left a gap. */
export interface ProducerSource {
  /** The entity's state at its version, as a snapshot record; undefined when its producer does not know it. */
  snapshot(entity: EntityKey, signal: AbortSignal): Promise<FetchedRecord | undefined>;
  /** The entity's events of these versions that its producer still has, all renditions, in version order. */
  events(entity: EntityKey, from: number, to: number, signal: AbortSignal): Promise<readonly FetchedRecord[]>;
}
