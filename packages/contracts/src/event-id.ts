import { v7 } from 'uuid';
import type { EventId } from './envelope.ts';
import { InvalidIdError } from './errors.ts';

const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * Reads an event id. Any UUID passes, in lower case then, since foreign producers may use another version; whether
 * it is a UUIDv7 is what {@link eventIdTime} tells.
 * @throws {InvalidIdError} when it is no UUID.
 */
export function eventId(text: string): EventId {
  if (typeof text !== 'string' || !uuid.test(text)) throw new InvalidIdError('EventId', 'expected a UUID');
  return text.toLowerCase() as EventId;
}

/**
 * A new event id, a UUIDv7 (RFC 9562, section 5.7). Without arguments, each is greater than the one before in this
 * process, also when the clock stands or goes back. With `now`, or with 16 bytes of `random`, it is made from those
 * alone, for tests.
 */
export function newEventId(now?: Date, random?: Uint8Array): EventId {
  if (now === undefined && random === undefined) return v7() as EventId;
  return v7({
    ...(now === undefined ? {} : { msecs: now.getTime() }),
    ...(random === undefined ? {} : { random }),
  }) as EventId;
}

/** When a UUIDv7 was made, to the millisecond; undefined for any other UUID, which tells no time. */
export function eventIdTime(id: EventId): Date | undefined {
  if (id.charAt(14) !== '7' || !/[89ab]/i.test(id.charAt(19))) return undefined;
  return new Date(Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16));
}
