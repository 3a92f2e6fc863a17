import {
  allowInsecureRequests,
  authorizationCodeGrant,
  AuthorizationResponseError,
  buildAuthorizationUrl,
  buildEndSessionUrl,
  calculatePKCECodeChallenge,
  ClientSecretBasic,
  type Configuration,
  discovery,
  enableNonRepudiationChecks,
  fetchUserInfo,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from 'openid-client';
import { LoginError, loginErrorOf } from './login-error.ts';

/** What the console keeps while somebody is at the login provider. */
export interface LoginAttempt {
  readonly state: string;
  readonly nonce: string;
  readonly codeVerifier: string;
}

export interface OidcLoginOptions {
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string;
  /** `openid profile email`. */
  readonly scopes: string;
  /** Where browsers reach the console: `https://console.example.com`. */
  readonly publicUrl: string;
}

/** Logging in by OpenID Connect: authorization code flow with PKCE, state and nonce. */
export interface OidcLogin {
  /** The provider's address to send the browser to. @throws {LoginError} when the provider does not answer. */
  begin(): Promise<{ readonly url: string; readonly attempt: LoginAttempt }>;
  /**
   * The verified claims of the one who logged in, from the query of the address that the browser came back to.
   * @throws {LoginError} when the provider refused, does not answer, or what it says does not hold.
   */
  finish(query: string, attempt: LoginAttempt): Promise<Readonly<Record<string, unknown>>>;
  /** Where the browser ends its session at the provider as well; undefined when the provider has no such address. */
  logoutUrl(): Promise<string | undefined>;
}

/** Seconds for one request to the provider. */
const timeoutSeconds = 10;

export function oidcLogin(options: OidcLoginOptions): OidcLogin {
  const { clientId, clientSecret, scopes } = options;
  const issuer = new URL(options.issuer);
  const redirectUri = new URL('/login/callback', options.publicUrl);
  let discovered: Promise<Configuration> | undefined;

  function provider(): Promise<Configuration> {
    // The configuration lets http through for development alone.
    const insecure = issuer.protocol === 'http:' ? [allowInsecureRequests] : [];
    discovered ??= discovery(issuer, clientId, undefined, ClientSecretBasic(clientSecret), {
      timeout: timeoutSeconds,
      execute: [enableNonRepudiationChecks, ...insecure],
    }).catch((error: unknown) => {
      discovered = undefined;
      throw loginErrorOf(error, 'unavailable');
    });
    return discovered;
  }

  return {
    async begin() {
      const configuration = await provider();
      const attempt = { state: randomState(), nonce: randomNonce(), codeVerifier: randomPKCECodeVerifier() };
      const url = buildAuthorizationUrl(configuration, {
        redirect_uri: redirectUri.href,
        scope: scopes,
        state: attempt.state,
        nonce: attempt.nonce,
        code_challenge: await calculatePKCECodeChallenge(attempt.codeVerifier),
        code_challenge_method: 'S256',
      });
      return { url: url.href, attempt };
    },

    async finish(query, { state, nonce, codeVerifier }) {
      const configuration = await provider();
      // By the configured address, never by the Host header of the request.
      const callback = new URL(redirectUri);
      callback.search = query;
      try {
        const tokens = await authorizationCodeGrant(configuration, callback, {
          expectedState: state,
          expectedNonce: nonce,
          pkceCodeVerifier: codeVerifier,
          idTokenExpected: true,
        });
        const claims = tokens.claims();
        if (claims === undefined) throw new LoginError('invalid', 'no id token');
        if (configuration.serverMetadata().userinfo_endpoint === undefined) return claims;
        // With a code, providers tell the claims of a scope here (OpenID Connect Core, section 5.4).
        return { ...(await fetchUserInfo(configuration, tokens.access_token, claims.sub)), ...claims };
      } catch (error) {
        throw loginErrorOf(error, error instanceof AuthorizationResponseError ? 'refused' : 'invalid');
      }
    },

    async logoutUrl() {
      try {
        const configuration = await provider();
        if (configuration.serverMetadata().end_session_endpoint === undefined) return undefined;
        return buildEndSessionUrl(configuration, { post_logout_redirect_uri: new URL('/', redirectUri).href }).href;
      } catch {
        // The session here has ended, whether the provider answers or not.
        return undefined;
      }
    },
  };
}
