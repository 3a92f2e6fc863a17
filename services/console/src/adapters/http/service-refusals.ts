import { problem, type ProblemError } from '@waybill/service';
import type { ServiceProblem } from '../../domain/answers.ts';

export function unknownService(known: readonly string[]): ProblemError {
  return problem(404, {
    code: 'console.unknown-service',
    detail: `There is no service of this name here. Known are ${known.join(', ')}.`,
  });
}

/** What went wrong at a service, to be answered to the browser. */
export function thrown({ type, title, status, detail }: ServiceProblem): ProblemError {
  return problem(status, {
    code: type.replace('urn:waybill:problem:', ''),
    title,
    ...(detail === undefined ? {} : { detail }),
  });
}
