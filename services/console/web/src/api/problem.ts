import type { Problem } from './bodies.ts';

/** An answer that is a problem, or no answer at all (`status` 0). */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  readonly status: number;
  readonly problem: Problem;

  constructor(status: number, problem: Problem) {
    super(problem.detail ?? problem.title ?? 'The request failed.');
    this.status = status;
    this.problem = problem;
  }

  /** Whether it is unknown if the request had an effect, so that it may be sent again only with the same key. */
  get isUncertain(): boolean {
    return this.status === 0 || this.status >= 500;
  }
}

/** What an answer that is not a success says; an answer that is no problem document is told by its status. */
export async function problemOf(response: Response): Promise<ApiProblem> {
  const isProblem = response.headers.get('content-type')?.includes('json') === true;
  const body = isProblem ? ((await response.json().catch(() => ({}))) as Problem) : {};
  return new ApiProblem(response.status, { title: response.statusText, ...body });
}

/** What any error says, as a problem. */
export function asProblem(error: unknown): ApiProblem {
  if (error instanceof ApiProblem) return error;
  return new ApiProblem(0, { title: 'Not reached', detail: error instanceof Error ? error.message : 'Unknown error' });
}

/** What the reader can do about a problem. */
export function nextStep(problem: ApiProblem): string {
  switch (problem.status) {
    case 0:
      return 'Check that you are connected to the network, then try again.';
    case 401:
      return 'Sign in again.';
    case 403:
      return 'Ask somebody with that role, or sign in as such.';
    case 404:
      return 'It may have been finished since. Go back to the list, or look in the journey.';
    case 409:
      return 'Something changed in the meantime. Load it anew and look before you try again.';
    case 429:
      return 'Wait a minute, then try again.';
    case 502:
    case 503:
    case 504:
      return 'The service does not answer. Try again; if it stays so, look at its health and logs.';
    default:
      return problem.status >= 500
        ? 'Try again. If it stays so, give the correlation id to those who run Waybill.'
        : 'Correct what it names, then try again.';
  }
}
