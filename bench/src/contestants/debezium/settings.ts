import type { Place } from '../../world/place.ts';

export const PUBLICATION = 'waybill_outbox';

/** Kafka Connect as one process, its producer set for throughput without giving up order. */
export function workerSettings(place: Place, directory: string, restPort: number): Readonly<Record<string, string>> {
  return {
    'bootstrap.servers': place.brokers.join(','),
    'key.converter': 'org.apache.kafka.connect.storage.StringConverter',
    'value.converter': 'org.apache.kafka.connect.converters.ByteArrayConverter',
    'header.converter': 'org.apache.kafka.connect.storage.StringConverter',
    'offset.storage.file.filename': `${directory}/offsets`,
    'offset.flush.interval.ms': '10000',
    listeners: `http://127.0.0.1:${restPort}`,
    'producer.acks': 'all',
    'producer.enable.idempotence': 'true',
    'producer.max.in.flight.requests.per.connection': '5',
    'producer.batch.size': '262144',
    'producer.linger.ms': '0',
  };
}

/** The connector of docs/guide/cdc.md with its queue and poll interval tuned, and the headers that the bench's rows have. */
export function connectorSettings(place: Place): Readonly<Record<string, string>> {
  const url = new URL(place.databaseUrl);
  return {
    name: 'bench-outbox',
    'connector.class': 'io.debezium.connector.postgresql.PostgresConnector',
    'tasks.max': '1',
    'plugin.name': 'pgoutput',
    'database.hostname': url.hostname,
    'database.port': url.port,
    'database.user': url.username,
    'database.password': url.password,
    'database.dbname': url.pathname.slice(1),
    'topic.prefix': 'bench',
    'slot.name': place.run,
    'publication.name': PUBLICATION,
    'publication.autocreate.mode': 'disabled',
    'publish.via.partition.root': 'true',
    'table.include.list': 'waybill.outbox',
    'snapshot.mode': 'no_data',
    'tombstones.on.delete': 'false',
    'binary.handling.mode': 'bytes',
    'extended.headers.enabled': 'false',
    'poll.interval.ms': '5',
    'max.batch.size': '8192',
    'max.queue.size': '32768',
    transforms: 'outbox,own',
    'transforms.outbox.type': 'io.debezium.transforms.outbox.EventRouter',
    'transforms.outbox.table.field.event.id': 'id',
    'transforms.outbox.table.field.event.key': 'partitionkey',
    'transforms.outbox.table.field.event.payload': 'payload',
    'transforms.outbox.route.by.field': 'topic',
    'transforms.outbox.route.topic.replacement': '${routedByValue}',
    'transforms.outbox.table.fields.additional.placement': HEADERS.join(','),
    'transforms.own.type': 'org.apache.kafka.connect.transforms.DropHeaders',
    'transforms.own.headers': 'id',
  };
}

const HEADERS = [
  'specversion:header:ce_specversion',
  'id:header:ce_id',
  'type:header:ce_type',
  'source:header:ce_source',
  'aggregateid:header:ce_subject',
  'time:header:ce_time',
  'dataschema:header:ce_dataschema',
  'contenttype:header:content-type',
  'correlationid:header:ce_correlationid',
  'aggregatetype:header:ce_aggregatetype',
  'aggregateversion:header:ce_aggregateversion',
  'partitionkey:header:ce_partitionkey',
  'traceparent:header:traceparent',
  'baggage:header:baggage',
];

/** In the format of java.util.Properties. */
export function properties(settings: Readonly<Record<string, string>>): string {
  return Object.entries(settings)
    .map(([key, value]) => `${key}=${value.replaceAll('\\', '\\\\')}\n`)
    .join('');
}
