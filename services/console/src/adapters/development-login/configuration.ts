import { randomBytes } from 'node:crypto';
import { exportJWK, generateKeyPair } from 'jose';
import type { Configuration } from 'oidc-provider';
import { memory } from './memory.ts';
import { people } from './people.ts';

/** The one client of the development login. */
export interface DevelopmentClient {
  readonly consoleUrl: string;
  readonly clientId: string;
  readonly clientSecret: string;
}

/** How the development login behaves: authorization code flow with PKCE alone, for one client, asking each time. */
export async function developmentConfiguration(client: DevelopmentClient): Promise<Configuration> {
  const { privateKey } = await generateKeyPair('RS256', { extractable: true });
  return {
    adapter: memory(),
    clients: [
      {
        client_id: client.clientId,
        client_secret: client.clientSecret,
        redirect_uris: [new URL('/login/callback', client.consoleUrl).href],
        response_types: ['code'],
        grant_types: ['authorization_code'],
        token_endpoint_auth_method: 'client_secret_basic',
      },
    ],
    jwks: { keys: [{ ...(await exportJWK(privateKey)), use: 'sig', alg: 'RS256' }] },
    cookies: { keys: [randomBytes(32).toString('base64url')] },
    pkce: { required: () => true },
    claims: { openid: ['sub', 'roles'], email: ['email', 'email_verified'], profile: ['name'] },
    features: {
      devInteractions: { enabled: false },
      // Without it the console's logout is the whole logout, since this login asks each time anyway.
      rpInitiatedLogout: { enabled: false },
    },
    interactions: { url: (_context, { uid }) => `/choose/${uid}` },
    // There is no session here that could outlive a login; see memory.
    expiresWithSession: () => false,
    ttl: { Session: 60, Interaction: 3_600, Grant: 3_600, AccessToken: 60, IdToken: 60, AuthorizationCode: 60 },
    renderError(context, { error, error_description: description }) {
      context.type = 'text';
      context.body = `The development login failed: ${description ?? error}. Go back to the console and log in again.`;
    },
    findAccount(_context, id) {
      const person = people.find(({ email }) => email === id);
      if (person === undefined) return undefined;
      const { email, name, roles } = person;
      return {
        accountId: email,
        claims: () => ({ sub: email, email, email_verified: true, name, roles: [...roles] }),
      };
    },
  };
}
