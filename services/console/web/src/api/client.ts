import { ApiProblem, problemOf } from './problem.ts';

/**
 * Reads JSON from the console's server.
 *
 * @throws {ApiProblem} when it is refused or not reached. Who is not signed in is sent to sign in.
 */
export async function readJson<Body>(path: string, signal?: AbortSignal): Promise<Body> {
  const response = await reach(path, { headers: { accept: 'application/json' }, ...(signal ? { signal } : {}) });
  return (await response.json()) as Body;
}

/** What a command needs beside its body. */
export interface CommandOptions {
  readonly csrfToken: string;
  /** The same for each try of one action, so that it is done once. */
  readonly idempotencyKey: string;
}

/** Sends a command. @throws {ApiProblem} when it is refused or not reached. */
export async function sendJson<Body>(path: string, body: unknown, options: CommandOptions): Promise<Body> {
  const response = await reach(path, {
    method: 'POST',
    headers: {
      accept: 'application/json',
      'content-type': 'application/json',
      'x-csrf-token': options.csrfToken,
      'idempotency-key': options.idempotencyKey,
    },
    body: JSON.stringify(body),
  });
  return (await response.json().catch(() => ({}))) as Body;
}

/** Ends the session, and goes where one signs in. */
export async function signOut(csrfToken: string): Promise<void> {
  await fetch('/logout', { method: 'POST', headers: { 'x-csrf-token': csrfToken } }).catch(() => undefined);
  window.location.assign('/login');
}

/** The path of a service's operations API as the console's server offers it. */
export function opsPath(
  service: string,
  path: string,
  query: Readonly<Record<string, string | undefined>> = {},
): string {
  const params = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value !== undefined && value !== '') params.set(name, value);
  const text = params.toString();
  return `/api/ops/${encodeURIComponent(service)}/${path}${text === '' ? '' : `?${text}`}`;
}

async function reach(path: string, init: RequestInit): Promise<Response> {
  const response = await fetch(path, { ...init, credentials: 'same-origin', redirect: 'error' }).catch(
    (cause: unknown): never => {
      if (cause instanceof DOMException && cause.name === 'AbortError') throw cause;
      throw new ApiProblem(0, { title: 'Not reached', detail: "The console's server could not be reached." });
    },
  );
  if (response.ok) return response;
  if (response.status === 401) {
    const { pathname, search } = window.location;
    window.location.assign(`/login?return=${encodeURIComponent(pathname + search)}`);
  }
  throw await problemOf(response);
}
