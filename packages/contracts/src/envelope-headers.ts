import { parseContractName } from './contract-name.ts';
import { dataSchemaFingerprint } from './define-contract.ts';
import type { Envelope, EventId, TraceContext } from './envelope.ts';
import { InvalidEnvelopeError } from './errors.ts';
import { isRfc3339 } from './rfc3339.ts';
import { validTrace } from './trace-headers.ts';

/** What `content-type` says of a framed Avro body. */
export const avroContentType = 'application/avro';

/** What is wrong with a header's value, in words that do not repeat it; undefined when nothing is. */
type Rule = (value: string) => string | undefined;

const uuid: Rule = (value) =>
  /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i.test(value) ? undefined : 'not a UUID';

function text(maxLength: number, pattern: RegExp, expected: string): Rule {
  return (value) => {
    if (value.length > maxLength) return `${value.length} characters, and at most ${maxLength} are allowed`;
    return value.isWellFormed() && pattern.test(value) ? undefined : expected;
  };
}

// RFC 3986, section 2: the characters that a URI reference may have.
const uriCharacters = /^[A-Za-z0-9\-._~:/?#[\]@!$&'()*+,;=%]+$/;
const printable = /^\P{Cc}+$/u;
const tenant = /^[^\p{Cc}/]*$/u;

const required: Readonly<Record<string, Rule>> = {
  ce_specversion: (value) => (value === '1.0' ? undefined : 'not 1.0'),
  ce_id: uuid,
  ce_type: (value) =>
    parseContractName(value) === undefined ? 'not a contract name like orders.v2.OrderPlaced' : undefined,
  ce_source: text(255, uriCharacters, 'not a URI reference'),
  ce_subject: text(255, printable, 'empty, or with control characters'),
  ce_time: (value) => (isRfc3339(value) ? undefined : 'not an RFC 3339 date and time'),
  ce_dataschema: (value) =>
    dataSchemaFingerprint(value) === undefined ? 'not a URN urn:waybill:schema:<name>:<sha-256>' : undefined,
  'content-type': (value) => (/^application\/avro(\s*;|$)/i.test(value) ? undefined : `not ${avroContentType}`),
  ce_correlationid: text(128, /^[A-Za-z0-9._:-]+$/, 'not made of letters, digits and . _ : - alone'),
  ce_aggregatetype: text(128, /^[a-z][a-z0-9_-]*(\.[a-z][a-z0-9_-]*)+$/, 'not an aggregate type like orders.order'),
  ce_aggregateversion: (value) =>
    /^[1-9]\d{0,15}$/.test(value) && Number.isSafeInteger(Number(value)) ? undefined : 'not a version from 1',
};

const optional: Readonly<Record<string, Rule>> = {
  ce_causationid: uuid,
  // Empty is none: that is how change data capture, which reads columns, says it.
  ce_tenantid: text(128, tenant, 'with a slash or control characters'),
  ce_partitionkey: text(384, printable, 'empty, or with control characters'),
};

const requiredRules = Object.entries(required).map(([name, rule]) => ({ name, problemWith: remembering(rule) }));
const optionalRules = Object.entries(optional).map(([name, rule]) => ({ name, problemWith: remembering(rule) }));

/** A rule that knows the last value that passed: the type, the source and the schema of an event are those of the one before. */
function remembering(rule: Rule): Rule {
  let passed: string | undefined;
  return (value) => {
    if (value === passed) return undefined;
    const problem = rule(value);
    if (problem === undefined) passed = value;
    return problem;
  };
}

/** The Kafka key of an aggregate's records: its id, after its tenant and a slash where there is one. */
export function partitionKey(tenantId: string, aggregateId: string): string {
  return tenantId === '' ? aggregateId : `${tenantId}/${aggregateId}`;
}

/**
 * An envelope as the headers of a Kafka record: CloudEvents 1.0 in binary mode ("Kafka Protocol Binding", 3.2), with
 * Waybill's extension attributes and W3C trace context. Trace context that is not well formed is left out, since it
 * must never fail a business event.
 * @throws {InvalidEnvelopeError} when a part of it may not stand in its header.
 */
export function envelopeToHeaders(envelope: Envelope): Record<string, string> {
  const headers: Record<string, string> = {
    ce_specversion: '1.0',
    ce_id: envelope.id,
    ce_type: envelope.type,
    ce_source: envelope.source,
    ce_subject: envelope.aggregateId,
    ce_time: Number.isNaN(envelope.time.getTime()) ? '' : envelope.time.toISOString(),
    ce_dataschema: envelope.dataSchema,
    'content-type': avroContentType,
    ce_correlationid: envelope.correlationId,
    ce_aggregatetype: envelope.aggregateType,
    ce_aggregateversion: String(envelope.aggregateVersion),
    ce_partitionkey: partitionKey(envelope.tenant, envelope.aggregateId),
  };
  if (envelope.causationId !== undefined) headers['ce_causationid'] = envelope.causationId;
  if (envelope.tenant !== '') headers['ce_tenantid'] = envelope.tenant;
  Object.assign(headers, validTrace(envelope.trace));
  const problems = problemsOf(headers);
  if (problems.length > 0) throw new InvalidEnvelopeError(problems);
  return headers;
}

/**
 * The envelope that a record's headers and key make. Headers that Waybill does not know are passed over, and so is
 * trace context that is not well formed (W3C Trace Context, 4.3).
 * @throws {InvalidEnvelopeError} with everything that is wrong: missing headers, malformed ones, ones that are too
 * long or that contradict each other or the key.
 */
export function envelopeFromHeaders(headers: Readonly<Record<string, string>>, key: string | null): Envelope {
  const problems = problemsOf(headers);
  const get = (name: string): string => valueOf(headers, name) ?? '';
  if (problems.length === 0) {
    const expected = partitionKey(get('ce_tenantid'), get('ce_subject'));
    if (key !== expected) problems.push('key: not that of ce_tenantid and ce_subject');
    if (![undefined, expected].includes(valueOf(headers, 'ce_partitionkey'))) {
      problems.push('ce_partitionkey: not that of ce_tenantid and ce_subject');
    }
    if (!get('ce_dataschema').startsWith(`urn:waybill:schema:${get('ce_type')}:`)) {
      problems.push('ce_dataschema: of another type than ce_type');
    }
  }
  if (problems.length > 0) throw new InvalidEnvelopeError(problems);
  const causationId = valueOf(headers, 'ce_causationid');
  return {
    id: get('ce_id').toLowerCase() as EventId,
    type: get('ce_type'),
    source: get('ce_source'),
    time: new Date(get('ce_time')),
    dataSchema: get('ce_dataschema'),
    tenant: get('ce_tenantid'),
    aggregateType: get('ce_aggregatetype'),
    aggregateId: get('ce_subject'),
    aggregateVersion: Number(get('ce_aggregateversion')),
    correlationId: get('ce_correlationid'),
    causationId: causationId === undefined ? undefined : (causationId.toLowerCase() as EventId),
    trace: traceOf(headers),
  };
}

function problemsOf(headers: Readonly<Record<string, string>>): string[] {
  const problems: string[] = [];
  for (const { name, problemWith } of requiredRules) {
    const value = valueOf(headers, name);
    const problem = value === undefined ? 'missing' : problemWith(value);
    if (problem !== undefined) problems.push(`${name}: ${problem}`);
  }
  for (const { name, problemWith } of optionalRules) {
    const value = valueOf(headers, name);
    const problem = value === undefined ? undefined : problemWith(value);
    if (problem !== undefined) problems.push(`${name}: ${problem}`);
  }
  return problems;
}

function traceOf(headers: Readonly<Record<string, string>>): TraceContext {
  const trace: { -readonly [name in keyof TraceContext]: string } = {};
  for (const name of ['traceparent', 'tracestate', 'baggage'] as const) {
    const value = valueOf(headers, name);
    if (value !== undefined) trace[name] = value;
  }
  return validTrace(trace);
}

function valueOf(headers: Readonly<Record<string, string>>, name: string): string | undefined {
  // The names asked for are Waybill's own, of which no object has one by its prototype.
  return headers[name];
}
