import { UsageError } from './errors.ts';

/** What finds the fields of a request that are wrong. */
interface Checker<T> {
  safeParse(
    value: unknown,
  ):
    | { readonly success: true; readonly data: T }
    | { readonly success: false; readonly error: { readonly issues: readonly Issue[] } };
}

interface Issue {
  readonly path: readonly PropertyKey[];
  readonly message: string;
}

/** The options that a field of a request comes from, where they are called otherwise. */
const optionOf: Readonly<Record<string, string>> = {
  aggregateId: '--entity',
  correlationId: '--correlation',
  eventId: '--event',
  perSecond: '--rate',
  types: '--type',
  id: '<id>',
  name: '<name>',
  data: 'the data',
  text: '<text>',
};

/**
 * A request as its service would accept it, so that what is wrong is said before anything is sent.
 * @throws UsageError that names the options.
 */
export function checked<T>(schema: Checker<T>, request: unknown): T {
  const result = schema.safeParse(request);
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ path, message }) => `${optionName(path)}: ${message}`);
  throw new UsageError(problems.join('\n'));
}

function optionName(path: readonly PropertyKey[]): string {
  const field = path.findLast((part) => typeof part === 'string');
  return field === undefined ? 'the request' : (optionOf[field] ?? `--${field}`);
}
