import type { Buffer } from 'node:buffer';
import { newEventId } from '@waybill/contracts';
import { baggageOf, entityId, measuredContract, measuredHeaders, measuredValue, traceparentOf } from './event.ts';
import type { Place } from './place.ts';

/** A record as any client takes it. */
export interface MeasuredMessage {
  readonly key: string;
  readonly value: Buffer;
  readonly headers: Record<string, string>;
}

/**
 * Makes the run's records one lot at a time, as a producer has to: holding all of them would measure the garbage
 * collector. Values are encoded beforehand.
 */
export function messageMaker(place: Place): (from: number, to: number) => MeasuredMessage[] {
  const contract = measuredContract(place.topic);
  const entities = Array.from({ length: place.aggregates }, (_, number) => {
    const key = entityId(number);
    return { key, value: measuredValue(contract, place.schemaId, 0, key), shared: measuredHeaders(contract, key, 1) };
  });
  return (from, to) => {
    const messages: MeasuredMessage[] = [];
    for (let n = from; n < to; n += 1) {
      const entity = entities[n % place.aggregates];
      if (entity === undefined) throw new RangeError('a run has one entity at least');
      const id = newEventId();
      const headers = {
        ...entity.shared,
        ce_id: id,
        ce_correlationid: id,
        ce_aggregateversion: String(place.versionsBefore + Math.floor(n / place.aggregates) + 1),
        traceparent: traceparentOf(n),
        baggage: baggageOf(id),
      };
      messages.push({ key: entity.key, value: entity.value, headers });
    }
    return messages;
  };
}

/** Makes the record of one event as a business process does: its data encoded, its headers for the occasion. */
export function messageWriter(place: Place): (sequence: number) => MeasuredMessage {
  const contract = measuredContract(place.topic);
  return (sequence) => {
    const key = entityId(sequence % place.aggregates);
    const version = Math.floor(sequence / place.aggregates) + 1;
    return {
      key,
      value: measuredValue(contract, place.schemaId, sequence, key),
      headers: measuredHeaders(contract, key, version, sequence),
    };
  };
}
