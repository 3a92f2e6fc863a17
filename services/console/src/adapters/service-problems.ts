import { AnswerTooLargeError } from './bounded-body.ts';
import type { ServiceProblem } from '../domain/answers.ts';

/** A problem with a service, in words for the one who sits before the console, and a code for programs. */
function serviceProblem(code: string, title: string, detail: string): ServiceProblem {
  return { type: `urn:waybill:problem:console.${code}`, title, status: 502, detail };
}

/** Why a request to a service came to nothing, what still works, and the next step. */
export function problemOfFailure(service: string, others: readonly string[], error: unknown): ServiceProblem {
  if (error instanceof AnswerTooLargeError) {
    return serviceProblem(
      'answer-too-large',
      'An answer was too large',
      `The service ${service} answered with more than 4 MiB. Ask for less: filter, or take a smaller page.`,
    );
  }
  if (isUnagreed(error)) {
    return serviceProblem(
      'answer-not-as-agreed',
      'An answer could not be read',
      `The answer of the service ${service} is not as agreed. See that it and the console are of versions that fit.`,
    );
  }
  const still = others.length === 0 ? '' : ` Those that answer can be worked with as before: ${others.join(', ')}.`;
  return serviceProblem(
    'service-unreachable',
    `${service} does not answer`,
    `The service ${service} ${reasonOf(error)}, so nothing of it can be shown or changed.${still} See that it runs, and try again.`,
  );
}

/** The service would not take the console's own token: never the person's fault, and no reason to log in anew. */
export function problemOfRefusedToken(service: string): ServiceProblem {
  return serviceProblem(
    'token-refused',
    `${service} does not know this console`,
    `The service ${service} refused the console's token. See that both have the same OPS_SECRET and that their clocks agree.`,
  );
}

/** The service answered with something that is no part of its operations API. */
export function problemOfAnswer(service: string, status: number): ServiceProblem {
  return serviceProblem(
    'answer-not-as-agreed',
    'An answer could not be read',
    `The service ${service} answered with status ${status} and without JSON. See that OPS_SERVICES names its address.`,
  );
}

function isUnagreed(error: unknown): boolean {
  return error instanceof SyntaxError || (error instanceof Error && error.name === 'ZodError');
}

function reasonOf(error: unknown): string {
  if (error instanceof Error && error.name === 'TimeoutError') return 'did not answer in time';
  return 'cannot be reached';
}
