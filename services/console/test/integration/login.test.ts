import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { type ConsoleOptions, type RunningConsole, startConsole } from './harness/console.ts';

let running: RunningConsole;

beforeAll(async () => {
  running = await startConsole();
});

afterAll(async () => {
  await running.stop();
});

async function another(options: ConsoleOptions): Promise<RunningConsole> {
  const started = await startConsole({ services: ['orders'], ...options });
  onTestFinished(() => started.stop());
  return started;
}

async function sessionsLeft(ids: readonly string[]): Promise<number> {
  const { rows } = await running.pool.query('select 1 from console_session where sid = any($1)', [ids]);
  return rows.length;
}

/** The id inside a signed session cookie. */
function idIn(cookies: string): string {
  return /waybill=s(?:%3A|:)([^.]+)\./.exec(cookies)?.[1] ?? '';
}

describe('logging in', () => {
  test('leads back to the path that was asked for, as the person who was chosen', async () => {
    const browser = running.browser();
    const response = await browser.logIn('ada@example.com', '/failures?consumer=orders.payments');
    expect(response.status).toBe(303);
    expect(response.headers.get('location')).toBe('/failures?consumer=orders.payments');
    const session = await browser.request('/api/session');
    expect(await session.json()).toEqual({
      user: { id: 'ada@example.com', name: 'Ada', roles: ['operator', 'approver'] },
      csrfToken: expect.stringMatching(/^[\w-]{43}$/),
      environment: 'development',
      services: ['orders', 'payments', 'shipping'],
      owners: expect.objectContaining({ orders: 'team-orders' }),
    });
    expect(session.headers.get('cache-control')).toBe('no-store');
  });

  test.each([['https://evil.example/'], ['//evil.example'], ['/\\evil.example']])(
    'never leads to another site: %s',
    async (path) => {
      const response = await running.browser().logIn('vera@example.com', path);
      expect(response.headers.get('location')).toBe('/');
    },
  );

  test('goes by the authorization code flow with PKCE, state and nonce', async () => {
    const response = await running.browser().request('/login');
    const url = new URL(response.headers.get('location') ?? '');
    expect(url.origin).toBe(running.provider.issuer);
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      response_type: 'code',
      code_challenge_method: 'S256',
      code_challenge: expect.stringMatching(/^[\w-]{43}$/),
      state: expect.stringMatching(/^[\w-]{43}$/),
      nonce: expect.stringMatching(/^[\w-]{43}$/),
      redirect_uri: `${running.origin}/login/callback`,
    });
  });

  test('asks anew who one is, right after having been somebody else', async () => {
    const browser = running.browser();
    await browser.logIn('ada@example.com');
    await browser.request('/logout', { method: 'POST' });
    await browser.logIn('vera@example.com');
    const session = await browser.request('/api/session');
    expect(await session.json()).toMatchObject({ user: { id: 'vera@example.com' } });
  });

  test('gives the session a new id, so that one that was planted is worth nothing', async () => {
    const browser = running.browser();
    await browser.request('/login');
    const planted = browser.cookies();
    expect(planted).not.toBe('');
    await browser.logIn('ada@example.com');
    expect(browser.cookies()).not.toBe(planted);
    const attacker = running.browser();
    attacker.setCookies(planted);
    expect((await attacker.request('/api/session')).status).toBe(401);
    expect(await sessionsLeft([idIn(planted)])).toBe(0);
  });

  test('does not take an id that somebody made up', async () => {
    const browser = running.browser();
    browser.setCookies('waybill=s%3Aplanted.c2lnbmF0dXJl');
    await browser.logIn('ada@example.com');
    expect(idIn(browser.cookies())).not.toBe('planted');
  });
});

describe('coming back from the provider', () => {
  test('with a state that nobody has is refused', async () => {
    const response = await running.browser().request('/login/callback?code=stolen&state=made-up');
    expect(response.status).toBe(400);
    expect(await response.text()).toContain('This login is not known');
  });

  test("in another browser is refused, so that nobody is logged in as somebody else's doing", async () => {
    const attacker = running.browser();
    const begun = await attacker.request('/login');
    const state = new URL(begun.headers.get('location') ?? '').searchParams.get('state') ?? '';
    const response = await running.browser().request(`/login/callback?code=x&state=${state}`);
    expect(response.status).toBe(400);
  });

  test('with a code that does not hold is refused, and the state serves once', async () => {
    const browser = running.browser();
    const begun = await browser.request('/login');
    const state = new URL(begun.headers.get('location') ?? '').searchParams.get('state') ?? '';
    const back = `/login/callback?code=made-up&state=${state}&iss=${encodeURIComponent(running.provider.issuer)}`;
    const first = await browser.request(back);
    expect([first.status, await first.text()]).toEqual([400, expect.stringContaining('The login did not hold')]);
    const second = await browser.request(back);
    expect(await second.text()).toContain('This login is not known');
  });

  test('with a refusal says so, and markup in it stays text', async () => {
    const browser = running.browser();
    const begun = await browser.request('/login');
    const state = new URL(begun.headers.get('location') ?? '').searchParams.get('state') ?? '';
    const issuer = encodeURIComponent(running.provider.issuer);
    const description = encodeURIComponent('<script>alert(1)</script>');
    const response = await browser.request(
      `/login/callback?error=access_denied&error_description=${description}&state=${state}&iss=${issuer}`,
    );
    const text = await response.text();
    expect([response.status, text.includes('did not let you in'), text.includes('<script>')]).toEqual([
      403,
      true,
      false,
    ]);
  });

  test('without a role that the console knows, nobody is let in', async () => {
    const { browser } = await another({ environment: { OIDC_ROLES_CLAIM: 'groups' } });
    const stranger = browser();
    const response = await stranger.tryLogIn('ada@example.com');
    expect([response.status, await response.text()]).toEqual([403, expect.stringContaining('You have no role')]);
    expect((await stranger.request('/api/session')).status).toBe(401);
  });
});

test('a provider that does not answer is told of, and others can go on', async () => {
  const { browser } = await another({ login: (known) => ({ ...known, issuer: 'http://127.0.0.1:1' }) });
  const response = await browser().request('/login');
  expect([response.status, await response.text()]).toEqual([
    502,
    expect.stringContaining('The login provider does not answer'),
  ]);
});

test('a provider that gives itself out for another is not believed', async () => {
  const { browser } = await another({
    login: (known) => ({ ...known, issuer: known.issuer.replace('127.0.0.1', 'localhost') }),
  });
  const response = await browser().request('/login');
  expect(response.status).toBe(502);
});

test('logins of one address are bounded', async () => {
  const { browser } = await another({ limits: { logins: 3, commands: 100, reads: 100 } });
  const statuses: number[] = [];
  for (let count = 0; count < 5; count += 1) statuses.push((await browser().request('/login')).status);
  expect(statuses).toEqual([303, 303, 303, 429, 429]);
});

test('in production the cookie is for https and this host alone', async () => {
  const console = await another({
    environment: {
      ENVIRONMENT: 'production',
      LOGIN: 'oidc',
      OIDC_ISSUER: 'https://login.example.com',
      OIDC_CLIENT_ID: 'console',
      OIDC_CLIENT_SECRET: 'secret',
      PUBLIC_URL: 'https://console.example.com',
    },
  });
  const proxied = console.browser({ 'x-forwarded-proto': 'https' });
  const response = await proxied.logIn('ada@example.com');
  expect(response.headers.getSetCookie()).toEqual([
    expect.stringMatching(/^__Host-waybill=[^;]+; Path=\/; Expires=[^;]+; HttpOnly; Secure; SameSite=Lax$/),
  ]);
  expect(response.headers.get('strict-transport-security')).toContain('max-age=31536000');
  expect((await proxied.request('/api/session')).status).toBe(200);
  const bare = await console.browser().request('/login');
  expect([bare.status, await bare.text()]).toEqual([400, expect.stringContaining('without https')]);
});
