import { STATUS_CODES } from 'node:http';
import type { Problem, RefusedField } from './errors.ts';

/**
 * What a response with this status and body says as a problem (RFC 9457, section 3.1). Whatever is not as the RFC has
 * it is left out: a proxy on the way answers as it likes.
 */
export function problemOf(status: number, body: string): Problem {
  const said = objectOf(body);
  const text = (name: string) => (typeof said[name] === 'string' ? said[name] : undefined);
  const errors = Array.isArray(said['errors']) ? said['errors'].flatMap(fieldOf) : [];
  return {
    title: text('title') ?? STATUS_CODES[status] ?? `Status ${status}`,
    status,
    type: text('type'),
    detail: hasNoApi(status, text('type'))
      ? 'There is no operations API at this address. A service has one when its OPS_SECRET is set.'
      : text('detail'),
    correlationId: text('correlationId'),
    errors: errors.length === 0 ? undefined : errors,
  };
}

/** A path that is not there at all, as a service says it, or whatever else listens there. */
function hasNoApi(status: number, type: string | undefined): boolean {
  return status === 404 && (type === undefined || type === 'urn:waybill:problem:http.not-found');
}

/** Whether the operations API answered, and has not what it was asked for. */
export function isMissing({ status, type }: Problem): boolean {
  return status === 404 && type?.startsWith('urn:waybill:problem:ops.') === true;
}

function objectOf(body: string): Readonly<Record<string, unknown>> {
  try {
    const parsed: unknown = JSON.parse(body);
    return typeof parsed === 'object' && parsed !== null ? (parsed as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function fieldOf(entry: unknown): readonly RefusedField[] {
  if (typeof entry !== 'object' || entry === null) return [];
  const { path, message } = entry as Readonly<Record<string, unknown>>;
  return typeof path === 'string' && typeof message === 'string' ? [{ path, message }] : [];
}
