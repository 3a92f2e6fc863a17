import { BrokenCircuitError, TaskCancelledError } from 'cockatiel';
import { problem, ProblemError } from './problem.ts';

/** What a client can do about an error: the problem to answer with. Anything unknown is a 500 without internals. */
export function problemOfError(error: unknown): ProblemError {
  if (error instanceof ProblemError) return error;
  const parsing = bodyProblem(error);
  if (parsing !== undefined) return parsing;
  if (isDependencyDown(error)) {
    return problem(503, {
      code: 'http.dependency-down',
      detail: 'Something that this service depends on does not answer. Try again shortly.',
      headers: { 'Retry-After': '2' },
      cause: error,
    });
  }
  return problem(500, {
    code: 'http.unexpected',
    detail: 'The request could not be handled. Report the correlation id if it happens again.',
    cause: error,
  });
}

/** The errors of express's body parser, by its documented `type`. */
function bodyProblem(error: unknown): ProblemError | undefined {
  switch (textOf(error, 'type')) {
    case 'entity.parse.failed':
      return problem(400, { code: 'http.malformed-json', detail: 'The body is not JSON. Send an object in UTF-8.' });
    case 'entity.too.large':
      return problem(413, {
        code: 'http.too-large',
        detail: 'The body is larger than 64 KB. Send less in one request.',
      });
    case 'encoding.unsupported':
    case 'charset.unsupported':
      return problem(415, {
        code: 'http.unsupported-media-type',
        detail: 'Send application/json in UTF-8, identity, gzip or deflate.',
      });
    case 'request.aborted':
    case 'request.size.invalid':
      return problem(400, {
        code: 'http.incomplete-body',
        detail: 'The body ended early, or not where Content-Length says.',
      });
    default:
      return urlProblem(error);
  }
}

function urlProblem(error: unknown): ProblemError | undefined {
  if (!(error instanceof URIError)) return undefined;
  return problem(400, { code: 'http.malformed-path', detail: 'The path is not valid percent-encoding.' });
}

const downCodes = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ETIMEDOUT',
  'EPIPE',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  '53300',
  '40001',
  '40P01',
  '57014',
]);
// Both texts are pg's own; it gives these errors no code.
const downMessages =
  /^(Connection terminated|timeout exceeded when trying to connect|Query read timeout|Client has encountered a connection error)/;

/** Whether an error says that a dependency is away for now: its connection, its start or stop, a full pool. */
export function isDependencyDown(error: unknown, depth = 0): boolean {
  if (error instanceof BrokenCircuitError || error instanceof TaskCancelledError) return true;
  const code = textOf(error, 'code');
  if (code !== undefined && (downCodes.has(code) || /^(08|57P0)/.test(code))) return true;
  if (!(error instanceof Error)) return false;
  if (downMessages.test(error.message)) return true;
  return depth < 5 && (isDependencyDown(error.cause, depth + 1) || anyDown(error, depth));
}

function anyDown(error: Error, depth: number): boolean {
  return error instanceof AggregateError && error.errors.some((one) => isDependencyDown(one, depth + 1));
}

function textOf(error: unknown, field: string): string | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const value: unknown = Reflect.get(error, field);
  return typeof value === 'string' ? value : undefined;
}
