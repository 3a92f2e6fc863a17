import type { Logger } from '@waybill/messaging';
import { z } from 'zod';
import type { Question, Services } from '../application/services.ts';
import type { ServiceAnswer, ServiceProblem } from '../domain/answers.ts';
import { boundedBody } from './bounded-body.ts';
import type { ServiceClient } from './service-client.ts';
import { problemOfAnswer, problemOfFailure, problemOfRefusedToken } from './service-problems.ts';

/** Bytes of one answer, at most. */
export const maxAnswerBytes = 4 * 1024 * 1024;

/** Milliseconds within which one of many that are asked must have answered. */
const usuallyWithinMs = 3_000;

const problemShape = z.object({
  type: z.string().default('about:blank'),
  title: z.string().default('Problem'),
  status: z.int(),
  detail: z.string().optional(),
});

/** The services as those see them who ask all of them at once. */
export function serviceGateway(client: ServiceClient, log: Logger): Services {
  async function ask<T>(service: string, question: Question<T>): Promise<ServiceAnswer<T>> {
    const { asker, path, query, parse, withinMs = usuallyWithinMs } = question;
    try {
      const response = await client.send({
        service,
        asker,
        method: 'GET',
        segments: path.split('/'),
        query: query(service),
        signal: AbortSignal.timeout(withinMs),
      });
      const text = (await boundedBody(response, maxAnswerBytes)).toString('utf8');
      if (!response.ok) return { service, problem: refusal(service, response.status, text) };
      return { service, answer: parse(JSON.parse(text)) };
    } catch (error) {
      const others = client.names.filter((name) => name !== service);
      const problem = problemOfFailure(service, others, error);
      // The error itself may quote the answer, which can hold somebody's data.
      log.debug({ peer: service, path, problem: problem.type }, 'a service gave no answer');
      return { service, problem };
    }
  }
  return { names: client.names, ask };
}

function refusal(service: string, status: number, text: string): ServiceProblem {
  if (status === 401) return problemOfRefusedToken(service);
  const parsed = problemShape.safeParse(jsonOf(text));
  if (!parsed.success) return problemOfAnswer(service, status);
  const { type, title, detail } = parsed.data;
  return { type, title, status, ...(detail === undefined ? {} : { detail }) };
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
