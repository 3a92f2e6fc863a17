import connectPgSimple from 'connect-pg-simple';
import type { CookieOptions, Request, RequestHandler, Response } from 'express';
import session from 'express-session';
import type pg from 'pg';
import type { Person } from '../../application/person.ts';
import type { LoginAttempt } from '../oidc-login.ts';

/** Somebody who is logged in. */
export interface LoggedIn {
  readonly person: Person;
  /** What this session's commands must carry in `x-csrf-token`. */
  readonly csrfToken: string;
  /** Milliseconds since the epoch after which the session has ended, however busy it is. */
  readonly until: number;
}

/** A login under way, and where the browser goes after it. */
export type PendingLogin = LoginAttempt & { readonly returnTo: string };

declare module 'express-session' {
  interface SessionData {
    readonly loggedIn?: LoggedIn;
    /** Of the tabs in which somebody is logging in, the newest last. */
    pending?: readonly PendingLogin[];
  }
}

/** What is different where the console is reached over https. */
export type Transport = 'https' | 'http';

export const idleMs: number = 30 * 60_000;
export const absoluteMs: number = 8 * 60 * 60_000;
/** For as long as somebody may take to log in. */
const pendingMs = 10 * 60_000;
const mostPending = 5;

/** A browser takes a cookie of this prefix only from https, for the whole host, and from no other host of its domain. */
const cookieNames = { https: '__Host-waybill', http: 'waybill' } as const;

/**
 * SameSite is Lax and not Strict, because the login comes back by a link from the provider's site: with Strict the
 * browser would leave the cookie out there, and with it the state that the answer is checked against. A POST from
 * another site carries no Lax cookie either, and would need the token and the origin besides.
 */
function cookieOptions(transport: Transport): CookieOptions & { readonly path: string } {
  return { path: '/', httpOnly: true, sameSite: 'lax', secure: transport === 'https' };
}

/** Sessions in the console's database, by a signed cookie: each request puts off the end of an idle one. */
export function sessions(pool: pg.Pool, secret: string, transport: Transport): RequestHandler {
  const PgStore = connectPgSimple(session);
  return session({
    name: cookieNames[transport],
    secret,
    store: new PgStore({
      pool,
      tableName: 'console_session',
      // A task of the service does it, which ends with the service.
      pruneSessionInterval: false,
    }),
    cookie: { ...cookieOptions(transport), maxAge: idleMs },
    resave: false,
    saveUninitialized: false,
    rolling: true,
  });
}

/** Removes the sessions that are over. */
export async function pruneSessions(pool: pg.Pool): Promise<void> {
  await pool.query('delete from console_session where expire < now()');
}

/** Those of these sessions that are still there. */
export async function livingSessions(pool: pg.Pool, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const { rows } = await pool.query<{ sid: string }>(
    'select sid from console_session where sid = any($1::text[]) and expire > now()',
    [ids],
  );
  return new Set(rows.map(({ sid }) => sid));
}

/** Remembers a login under way, and forgets the oldest of too many. */
export async function rememberPending({ session }: Request, pending: PendingLogin): Promise<void> {
  session.pending = [...(session.pending ?? []), pending].slice(-mostPending);
  if (session.loggedIn === undefined) session.cookie.maxAge = pendingMs;
  await called((done) => session.save(done));
}

/** The login under way that a state belongs to, which serves once. */
export function takePending({ session }: Request, state: unknown): PendingLogin | undefined {
  const pending = session.pending ?? [];
  const found = pending.find((one) => one.state === state);
  if (found !== undefined) session.pending = pending.filter((one) => one !== found);
  return found;
}

/** Begins the session of somebody who logged in, under a new id: one that was known before is worth nothing. */
export async function beginSession(request: Request, loggedIn: LoggedIn): Promise<void> {
  await called((done) => request.session.regenerate(done));
  Object.assign(request.session, { loggedIn });
  await called((done) => request.session.save(done));
}

/** Does not take this request for somebody's activity: it neither changes its session nor puts off its end. */
export function leaveUntouched(request: Request): void {
  // express-session puts off the end of whatever session it finds at the end of the response.
  Reflect.deleteProperty(request, 'session');
}

/** Ends a session, in the database and in the browser. */
export async function endSession(request: Request, response: Response, transport: Transport): Promise<void> {
  await called((done) => request.session.destroy(done));
  response.clearCookie(cookieNames[transport], cookieOptions(transport));
}

async function called(call: (done: (error?: unknown) => void) => void): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    call((error) => {
      if (error === undefined || error === null) resolve();
      else reject(error instanceof Error ? error : new Error('The session could not be kept.', { cause: error }));
    });
  });
}
