import type { CommandResult } from '@waybill/service/operations';
import { useMutation, useQueryClient, type UseMutationResult } from '@tanstack/react-query';
import { useRef } from 'react';
import { opsPath, sendJson } from './client.ts';
import { asProblem } from './problem.ts';
import { useSession } from './session.tsx';

/** A command of a service's operations API: its path below `/ops/v1` and its body. */
export interface CommandRequest {
  readonly service: string;
  readonly path: string;
  readonly body: unknown;
}

/** Queries whose answers no command changes, or that cost much. */
const lasting: ReadonlySet<unknown> = new Set(['session', 'verdict', 'dry-run']);

type Result = CommandResult & { readonly job?: string };

/**
 * Sends commands. While it is unknown whether one was done, the same one is sent again with the same key, so that it
 * is done once. What pages show is asked for anew afterwards.
 */
export function useCommand(): UseMutationResult<Result, Error, CommandRequest> {
  const { csrfToken } = useSession();
  const queries = useQueryClient();
  const pending = useRef(new Map<string, string>());
  return useMutation({
    mutationFn: async ({ service, path, body }: CommandRequest) => {
      const action = JSON.stringify([service, path, body]);
      const idempotencyKey = pending.current.get(action) ?? crypto.randomUUID();
      pending.current.set(action, idempotencyKey);
      try {
        const result = await sendJson<Result>(opsPath(service, path), body, { csrfToken, idempotencyKey });
        pending.current.delete(action);
        return result;
      } catch (error) {
        if (!asProblem(error).isUncertain) pending.current.delete(action);
        throw error;
      }
    },
    onSettled: () => {
      // Not waited for: what is asked for anew may take away who sent the command, and then nobody would tell how it went.
      void queries.invalidateQueries({ predicate: ({ queryKey }) => !lasting.has(queryKey[0]) });
    },
  });
}
