import type { Operation } from '@waybill/messaging';

/** A path of a service's operations API, below `/ops/v1/`, and what its caller must be allowed to do. */
export interface OperationsPath {
  readonly method: 'GET' | 'POST';
  /** `parked/:id/redrive`. */
  readonly path: string;
  readonly operation: Operation;
  /** `lines`: the answer is JSON lines without an end that is known; one JSON document when left out. */
  readonly answer?: 'lines';
}

/** All that the console passes on. What is not here cannot be reached through it. */
export const operationsPaths: readonly OperationsPath[] = [
  { method: 'GET', path: 'overview', operation: 'read' },
  { method: 'GET', path: 'failures', operation: 'read' },
  { method: 'GET', path: 'flows/:name', operation: 'read' },
  { method: 'GET', path: 'parked', operation: 'read' },
  { method: 'GET', path: 'parked/:number', operation: 'read' },
  { method: 'POST', path: 'parked/:number/redrive', operation: 'redrive' },
  { method: 'POST', path: 'parked/:number/skip', operation: 'skip' },
  { method: 'POST', path: 'parked/:number/pass-gap', operation: 'skip' },
  { method: 'POST', path: 'parked/:number/edit', operation: 'edit' },
  { method: 'POST', path: 'parked/:number/note', operation: 'note' },
  { method: 'POST', path: 'parked/:number/assign', operation: 'assign' },
  { method: 'POST', path: 'parked/:number/unmask', operation: 'unmask' },
  { method: 'POST', path: 'jobs/dry-run', operation: 'jobs' },
  { method: 'POST', path: 'jobs', operation: 'jobs' },
  { method: 'GET', path: 'jobs', operation: 'read' },
  { method: 'GET', path: 'jobs/:uuid', operation: 'read' },
  { method: 'POST', path: 'jobs/:uuid/steer', operation: 'jobs' },
  { method: 'POST', path: 'jobs/:uuid/pace', operation: 'jobs' },
  { method: 'POST', path: 'jobs/:uuid/swap', operation: 'jobs' },
  { method: 'POST', path: 'jobs/:uuid/discard', operation: 'jobs' },
  { method: 'GET', path: 'approvals', operation: 'read' },
  { method: 'POST', path: 'approvals/:uuid/decide', operation: 'approve' },
  { method: 'GET', path: 'pauses', operation: 'read' },
  { method: 'POST', path: 'pauses', operation: 'pause' },
  { method: 'POST', path: 'pauses/:uuid/resume', operation: 'pause' },
  { method: 'POST', path: 'consumers/:name/offsets', operation: 'pause' },
  { method: 'GET', path: 'audit', operation: 'audit' },
  { method: 'GET', path: 'audit/verify', operation: 'audit' },
  { method: 'GET', path: 'audit/export', operation: 'audit', answer: 'lines' },
  { method: 'GET', path: 'trace', operation: 'read' },
];

const placeholders: Readonly<Record<string, RegExp>> = {
  ':number': /^\d{1,19}$/,
  ':uuid': /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
  // Begins with a letter, so that neither `.` nor `..` is one.
  ':name': /^[A-Za-z][A-Za-z0-9._-]{0,254}$/,
};

/**
 * The path that the decoded segments of an address stand for. Each is compared with a word or a narrow pattern, so that
 * no spelling of `..`, of a slash, or of another service's path gets through.
 */
export function operationsPathOf(method: string, segments: readonly string[]): OperationsPath | undefined {
  return operationsPaths.find((known) => known.method === method && fits(known.path, segments));
}

/** The methods with which these segments can be asked for. */
export function methodsOf(segments: readonly string[]): readonly string[] {
  return operationsPaths.filter(({ path }) => fits(path, segments)).map(({ method }) => method);
}

function fits(path: string, segments: readonly string[]): boolean {
  const parts = path.split('/');
  return (
    parts.length === segments.length &&
    parts.every((part, index) => placeholders[part]?.test(segments[index] ?? '') ?? part === segments[index])
  );
}
