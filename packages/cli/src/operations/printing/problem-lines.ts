import type { Unanswered } from '../ask-all.ts';
import { RefusedError, SilentServiceError } from '../errors.ts';
import type { Colours } from './colours.ts';
import { printable, printableParts } from './printable.ts';

/** Why a service did not do something, with the fields that it refused, and the id by which its log knows the request. */
export function refusalLines({ service, problem }: RefusedError, colours: Colours): readonly string[] {
  const { title, status, detail, errors = [], correlationId } = printableParts(problem);
  return [
    colours.red(`${service}: ${title} (${status})`),
    ...(detail === undefined ? [] : [`  ${detail}`]),
    ...errors.map(({ path, message }) => `  ${path === '' ? 'the request' : path}: ${message}`),
    ...(correlationId === undefined ? [] : [colours.dim(`  correlation id ${correlationId}`)]),
  ];
}

/** Which services are missing in what was shown. */
export function unansweredLines(unanswered: readonly Unanswered[], colours: Colours): readonly string[] {
  return unanswered.flatMap(({ error }) => errorLines(error, colours));
}

/** Any error, for the person at the terminal. */
export function errorLines(error: unknown, colours: Colours): readonly string[] {
  if (error instanceof RefusedError) return refusalLines(error, colours);
  if (!(error instanceof Error)) return [colours.red(printable(String(error)))];
  return error.message.split('\n').map((line) => colours.red(printable(line)));
}

/** The same for programs. */
export function errorJson(error: unknown): Readonly<Record<string, unknown>> {
  if (error instanceof RefusedError) return { code: error.code, service: error.service, ...error.problem };
  if (error instanceof SilentServiceError) return { code: error.code, service: error.service, detail: error.message };
  if (!(error instanceof Error)) return { detail: String(error) };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  return { ...(code === undefined ? {} : { code }), detail: error.message };
}
