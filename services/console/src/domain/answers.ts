/** What went wrong at one service, as the client shows it: the members of RFC 9457 that can be known. */
export interface ServiceProblem {
  readonly type: string;
  readonly title: string;
  readonly status: number;
  readonly detail?: string;
}

/** What one of several services answered, or why it did not. */
export type ServiceAnswer<T> =
  { readonly service: string; readonly answer: T } | { readonly service: string; readonly problem: ServiceProblem };

/** The answers that are there, each with its service. */
export function answered<T>(
  answers: readonly ServiceAnswer<T>[],
): readonly { readonly service: string; readonly answer: T }[] {
  return answers.filter((one) => 'answer' in one);
}

/** The services whose answer is not there. */
export function unreachable(answers: readonly ServiceAnswer<unknown>[]): readonly string[] {
  return answers.filter((one) => 'problem' in one).map(({ service }) => service);
}
