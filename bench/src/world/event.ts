import { Buffer } from 'node:buffer';
import { type Contract, avroContentType, dataSchemaUrn, defineContract, frame, newEventId } from '@waybill/contracts';
import { headersOf, slotOf } from '@waybill/messaging';

/** What an event of the bench holds. */
export interface MeasuredData {
  /** Which event of the run it is, from 0: pairs what was committed with what came. */
  readonly sequence: number;
  readonly entity: string;
  readonly amount: number;
  /** Fills the value up to {@link VALUE_BYTES}. */
  readonly note: string;
}

export type MeasuredContract = Contract<MeasuredData, 'bench.v1.Measured'>;

/** Bytes of every value on the wire, its Confluent header included. */
export const VALUE_BYTES = 300;
const FRAME_BYTES = 5;

export const AGGREGATE_TYPE = 'bench.entity';
export const SOURCE = '/waybill/bench';
/** One event in so many belongs to a trace that is kept. */
export const TRACED_ONE_IN = 10;
const UNTRACED = '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-00';

/** The `traceparent` of the event with this number: a trace of its own, kept for one in {@link TRACED_ONE_IN}. */
export function traceparentOf(sequence: number): string {
  if (sequence % TRACED_ONE_IN !== 0) return UNTRACED;
  return `00-${(sequence + 1).toString(16).padStart(32, '0')}-00f067aa0ba902b7-01`;
}

const schema = JSON.stringify({
  type: 'record',
  name: 'Measured',
  namespace: 'bench.v1',
  doc: 'An event of the bench.',
  'waybill.kind': 'event',
  'waybill.aggregate': AGGREGATE_TYPE,
  fields: [
    { name: 'sequence', type: 'int', doc: 'Which event of the run it is.' },
    { name: 'entity', type: 'string', doc: 'The entity that it is about.' },
    { name: 'amount', type: 'double', doc: 'A number.' },
    { name: 'note', type: 'string', doc: 'Text that fills it up.' },
  ],
});

/** The bench's one contract, travelling on a topic of the run's own. */
export function measuredContract(topic: string): MeasuredContract {
  return defineContract<MeasuredData, 'bench.v1.Measured'>({
    name: 'bench.v1.Measured',
    kind: 'event',
    aggregateType: AGGREGATE_TYPE,
    topic,
    schema,
    personal: [],
  });
}

/** The data of one event, of a size that makes its framed body {@link VALUE_BYTES} long. */
export function measuredData(sequence: number, entity: string): MeasuredData {
  const used = FRAME_BYTES + varLongBytes(sequence) + 1 + Buffer.byteLength(entity) + 8 + 2;
  return { sequence, entity, amount: sequence / 100, note: 'n'.repeat(VALUE_BYTES - used) };
}

/** The value of one event, as all contestants publish it. */
export function measuredValue(contract: MeasuredContract, schemaId: number, sequence: number, entity: string): Buffer {
  return Buffer.from(frame(schemaId, contract.codec.encode(measuredData(sequence, entity))));
}

/** The sequence number of a value, read without a codec: it is the body's first field. */
export function sequenceOf(value: Uint8Array): number {
  let result = 0;
  let factor = 1;
  for (let at = FRAME_BYTES; at < value.length; at += 1) {
    const byte = value[at] ?? 0;
    result += (byte & 0x7f) * factor;
    if (byte < 0x80) break;
    factor *= 128;
  }
  return result / 2;
}

/** `entity-00042`. */
export function entityId(number: number): string {
  return `entity-${String(number).padStart(5, '0')}`;
}

/** `correlation.id=…`, as a service's propagator writes it. */
export function baggageOf(correlationId: string): string {
  return `correlation.id=${correlationId}`;
}

/** The headers that every contestant's records carry: those of a Waybill record that is traced. */
export function measuredHeaders(
  contract: MeasuredContract,
  entity: string,
  version: number,
  sequence = 1,
): Record<string, string> {
  const id = newEventId();
  return headersOf({
    position: 0,
    slot: slotOf(entity),
    kind: 'event',
    id,
    tenant: '',
    aggregateType: AGGREGATE_TYPE,
    aggregateId: entity,
    aggregateVersion: version,
    type: contract.name,
    topic: contract.topic,
    payload: new Uint8Array(),
    specVersion: '1.0',
    source: SOURCE,
    time: new Date().toISOString(),
    dataSchema: dataSchemaUrn(contract),
    contentType: avroContentType,
    correlationId: id,
    causationId: null,
    renditions: null,
    traceparent: traceparentOf(sequence),
    tracestate: null,
    baggage: baggageOf(id),
  });
}

function varLongBytes(value: number): number {
  let bytes = 1;
  for (let rest = Math.floor((value * 2) / 128); rest > 0; rest = Math.floor(rest / 128)) bytes += 1;
  return bytes;
}
