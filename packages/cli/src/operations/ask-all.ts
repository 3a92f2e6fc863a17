import type { OperationsClient } from './client.ts';
import { RefusedError, SilentServiceError } from './errors.ts';
import { isMissing } from './problem.ts';

/** What one service answered. */
export interface Answer<T> {
  readonly service: string;
  readonly client: OperationsClient;
  readonly answer: T;
}

/** A service that did not answer what it was asked. */
export interface Unanswered {
  readonly service: string;
  readonly error: RefusedError | SilentServiceError;
}

export interface Answers<T> {
  readonly answers: readonly Answer<T>[];
  readonly unanswered: readonly Unanswered[];
}

/** Asks services at the same time. One that refuses or is silent keeps nobody from hearing the others. */
export async function askAll<T>(
  clients: readonly OperationsClient[],
  ask: (client: OperationsClient) => Promise<T>,
): Promise<Answers<T>> {
  const heard = await Promise.all(
    clients.map(async (client): Promise<Answer<T> | Unanswered> => {
      const { service } = client;
      try {
        return { service, client, answer: await ask(client) };
      } catch (error) {
        if (error instanceof RefusedError || error instanceof SilentServiceError) return { service, error };
        throw error;
      }
    }),
  );
  return {
    answers: heard.filter((one) => 'answer' in one),
    unanswered: heard.filter((one) => 'error' in one),
  };
}

/**
 * The one service that has something, where only it can say so: the others answer 404.
 * @throws the error of a service that could not be asked, since it may be that one; Error when none has it.
 */
export async function whoHas<T>(
  clients: readonly OperationsClient[],
  what: string,
  ask: (client: OperationsClient) => Promise<T | undefined>,
): Promise<Answer<T>> {
  const { answers, unanswered } = await askAll(clients, ask);
  for (const { answer, ...rest } of answers) if (answer !== undefined) return { ...rest, answer };
  const unsure = unanswered.find(({ error }) => !(error instanceof RefusedError && isMissing(error.problem)));
  if (unsure !== undefined) throw unsure.error;
  throw new Error(`${clients.map(({ service }) => service).join(', ')}: nobody has ${what}.`);
}
