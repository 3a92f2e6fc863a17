import { z } from 'zod';
import type { ServiceProblem } from '../domain/answers.ts';
import { askEach, type Asker, noQuery, type Services } from './services.ts';

/** How a service stands, or why that is not known. */
export type OverviewOf =
  | { readonly service: string; readonly overview: unknown }
  | { readonly service: string; readonly problem: ServiceProblem };

/** The overview holds nobody's data and is the same for all, so it is asked for in the console's own name. */
const asker: Asker = { id: 'waybill-console', roles: ['viewer'] };

/** Milliseconds for which an answer serves all who ask. */
const freshMs = 1_000;

const overviewShape = z.looseObject({ service: z.string(), consumers: z.array(z.unknown()) });

/** The overviews of all services; many who ask at a time cost each service one request a second. */
export function sharedOverviews(
  services: Services,
  now: () => number = () => performance.now(),
): () => Promise<readonly OverviewOf[]> {
  let last: { readonly at: number; readonly answer: Promise<readonly OverviewOf[]> } | undefined;
  return () => {
    const at = now();
    if (last !== undefined && at - last.at < freshMs) return last.answer;
    const answer = overviewsOf(services);
    last = { at, answer };
    return answer;
  };
}

async function overviewsOf(services: Services): Promise<readonly OverviewOf[]> {
  const parse = (answer: unknown) => overviewShape.parse(answer);
  const answers = await askEach(services, { asker, path: 'overview', query: noQuery, parse });
  return answers.map((one) => ('problem' in one ? one : { service: one.service, overview: one.answer }));
}
