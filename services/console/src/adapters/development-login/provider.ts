import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import express, { type Express } from 'express';
import { Provider } from 'oidc-provider';
import { answering } from '../http/answering.ts';
import { choosePage } from './choose-page.ts';
import { developmentConfiguration } from './configuration.ts';
import { people } from './people.ts';

/** A login provider in this process, for development alone. */
export interface DevelopmentProvider {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  stop(): void;
}

export interface DevelopmentProviderOptions {
  readonly environment: 'production' | 'development';
  /** The one console that may log in here. */
  readonly consoleUrl: string;
  /** Where it listens; the loopback address when left out. Its own address is that of the loopback in any case. */
  readonly host?: '127.0.0.1' | '0.0.0.0';
  /** 0 for one that the system chooses. */
  readonly port: number;
}

/** Browsers are sent to no other: whoever reaches it can be anybody. */
const loopback = '127.0.0.1';
const clientId = 'waybill-console';

/**
 * Starts an OpenID provider that asks for no password: one chooses who one is. It listens on the loopback address alone
 * as long as nothing else is said, and its keys and its client's secret are made anew each time.
 * @throws {Error} in any environment but development.
 */
export async function startDevelopmentProvider(options: DevelopmentProviderOptions): Promise<DevelopmentProvider> {
  const { environment, consoleUrl, port, host = loopback } = options;
  if (environment !== 'development') {
    throw new Error('The development login starts only when ENVIRONMENT is development. Set LOGIN to oidc.');
  }
  const app = express();
  app.disable('x-powered-by');
  const server = createServer(app);
  server.listen(port, host);
  await once(server, 'listening');
  const issuer = `http://${loopback}:${portOf(server)}`;
  const clientSecret = randomBytes(32).toString('base64url');
  const provider = new Provider(issuer, await developmentConfiguration({ consoleUrl, clientId, clientSecret }));
  mountChoice(app, provider, consoleUrl);
  app.use(provider.callback());
  return {
    issuer,
    clientId,
    clientSecret,
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}

function mountChoice(app: Express, provider: Provider, consoleUrl: string): void {
  app.use('/choose', (_request, response, next) => {
    response.setHeader('Cache-Control', 'no-store');
    // The answer to the form leads on to the console, which browsers count as a target of the form.
    response.setHeader(
      'Content-Security-Policy',
      `default-src 'none'; base-uri 'none'; frame-ancestors 'none'; form-action 'self' ${consoleUrl}`,
    );
    next();
  });

  app.get(
    '/choose/:uid',
    answering(async (request, response) => {
      await provider.interactionDetails(request, response);
      response.type('html').send(choosePage(people));
    }),
  );

  app.post(
    '/choose/:uid',
    express.urlencoded({ extended: false, limit: 1_024 }),
    answering(async (request, response) => {
      const { params } = await provider.interactionDetails(request, response);
      const person = chosenIn(request.body);
      if (person === undefined) {
        response.status(400).type('text').send('There is no such person. Go back and choose another.');
        return;
      }
      const grant = new provider.Grant({ accountId: person.email, clientId });
      grant.addOIDCScope(String(params['scope']));
      await provider.interactionFinished(request, response, {
        login: { accountId: person.email, remember: false },
        consent: { grantId: await grant.save() },
      });
    }),
  );
}

function chosenIn(body: unknown) {
  if (typeof body !== 'object' || body === null || !('person' in body)) return undefined;
  const { person } = body;
  return people.find(({ email }) => email === person);
}

function portOf(server: Server): number {
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}
