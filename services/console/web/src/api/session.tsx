import { createContext, use } from 'react';
import { whyNot, type Operation } from '../words/permissions.ts';
import type { Session } from './bodies.ts';

const SessionContext = createContext<Session | undefined>(undefined);

/** Gives the session to the pages below. */
export const SessionProvider = SessionContext.Provider;

/** Who is signed in. @throws {Error} outside of the shell, which shows no page before it knows. */
export function useSession(): Session {
  const session = use(SessionContext);
  if (session === undefined) throw new Error('There is no session here; wrap it in SessionProvider.');
  return session;
}

/** Why the one who is signed in may not do some of these, or undefined when he may do all. */
export function useWhyNot(...operations: readonly Operation[]): string | undefined {
  return whyNot(useSession().user.roles, ...operations);
}
