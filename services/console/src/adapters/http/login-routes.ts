import { randomBytes } from 'node:crypto';
import type { Logger } from '@waybill/messaging';
import { type Response, Router } from 'express';
import { personOf } from '../../application/person.ts';
import { returnPath } from '../../domain/return-path.ts';
import { LoginError } from '../login-error.ts';
import type { OidcLogin } from '../oidc-login.ts';
import { requireLogin, requireOwnPage } from './access.ts';
import { answering } from './answering.ts';
import { type PlainPage, sendPage } from './page.ts';
import { loginLimit } from './rate-limits.ts';
import { absoluteMs, beginSession, endSession, rememberPending, takePending, type Transport } from './session.ts';

export interface LoginRoutesOptions {
  readonly login: OidcLogin;
  readonly rolesClaim: string;
  readonly origin: string;
  readonly transport: Transport;
  readonly loginsPerMinute: number;
  readonly log: Logger;
  /** Tells whoever holds something open for a session that it is over. */
  readonly sessionEnded: (sessionId: string) => void;
  readonly now: () => number;
}

/** `GET /login`, `GET /login/callback` and `POST /logout`. */
export function loginRoutes(options: LoginRoutesOptions): Router {
  const { login, rolesClaim, origin, transport, loginsPerMinute, log, sessionEnded, now } = options;
  const router = Router();
  router.use('/login', loginLimit(loginsPerMinute));

  router.get(
    '/login',
    answering(async (request, response) => {
      if (transport === 'https' && !request.secure) {
        sendPage(response, overHttp);
        return;
      }
      try {
        const { url, attempt } = await login.begin();
        await rememberPending(request, { ...attempt, returnTo: returnPath(request.query['return']) });
        response.setHeader('Cache-Control', 'no-store');
        response.redirect(303, url);
      } catch (error) {
        sendFailure(response, error, log);
      }
    }),
  );

  router.get(
    '/login/callback',
    answering(async (request, response) => {
      const pending = takePending(request, request.query['state']);
      if (pending === undefined) {
        sendPage(response, unknownLogin);
        return;
      }
      try {
        const query = request.originalUrl.slice(request.originalUrl.indexOf('?') + 1);
        const person = personOf(await login.finish(query, pending), rolesClaim);
        if (typeof person === 'string') {
          log.warn({ why: person }, 'somebody without a role was not let in');
          sendPage(response, notLetIn);
          return;
        }
        sessionEnded(request.sessionID);
        const csrfToken = randomBytes(32).toString('base64url');
        await beginSession(request, { person, csrfToken, until: now() + absoluteMs });
        log.info({ roles: person.roles }, 'somebody logged in');
        response.setHeader('Cache-Control', 'no-store');
        response.redirect(303, pending.returnTo);
      } catch (error) {
        sendFailure(response, error, log);
      }
    }),
  );

  router.post(
    '/logout',
    requireLogin(transport, now),
    requireOwnPage(origin),
    answering(async (request, response) => {
      const { sessionID } = request;
      await endSession(request, response, transport);
      sessionEnded(sessionID);
      response.setHeader('Cache-Control', 'no-store');
      response.json({ next: (await login.logoutUrl()) ?? '/login' });
    }),
  );

  return router;
}

const again = { href: '/login', text: 'Log in again' };

const overHttp: PlainPage = {
  status: 400,
  title: 'The console is reached without https',
  sentences: [
    'The session cookie travels over https alone, so nobody can log in this way.',
    'Open the address in PUBLIC_URL. Where that is what you did, the proxy before the console must send X-Forwarded-Proto, and PROXY_HOPS must count the proxies.',
  ],
};

const unknownLogin: PlainPage = {
  status: 400,
  title: 'This login is not known',
  sentences: ['It was begun more than ten minutes ago, in another browser, or has been used already.'],
  link: again,
};

const notLetIn: PlainPage = {
  status: 403,
  title: 'You have no role in this console',
  sentences: [
    'The login provider knows you, but names none of the roles viewer, operator, approver or auditor for you.',
    'Ask those who administer the provider for one, and log in again.',
  ],
  link: again,
};

const failures: Readonly<Record<LoginError['failure'], PlainPage>> = {
  refused: {
    status: 403,
    title: 'The login provider did not let you in',
    sentences: ['It refused, or the login was stopped there.'],
    link: again,
  },
  unavailable: {
    status: 502,
    title: 'The login provider does not answer',
    sentences: [
      'Nobody can log in until it does; whoever is logged in can go on.',
      'See to the provider at OIDC_ISSUER. The command line (waybill parked, waybill jobs) works without it.',
    ],
    link: again,
  },
  invalid: {
    status: 400,
    title: 'The login did not hold',
    sentences: ['What came back from the login provider was not meant for this login, is too old, or was used before.'],
    link: again,
  },
};

function sendFailure(response: Response, error: unknown, log: Logger): void {
  if (!(error instanceof LoginError)) throw error;
  log.warn({ err: error }, 'a login failed');
  sendPage(response, failures[error.failure]);
}
