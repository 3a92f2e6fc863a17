/** What a person's browser does: it keeps cookies by origin, follows links, and says where a request comes from. */
export interface Browser {
  /** Requests a path of the console, as its pages do; the token of the session is sent with what is not GET. */
  request(path: string, options?: RequestOptions): Promise<Response>;
  /** Goes through the login as this person, and answers where it led to. @throws when it let nobody in, with what it said. */
  logIn(person: string, returnTo?: string): Promise<Response>;
  /** The same, for somebody who may not be let in. */
  tryLogIn(person: string, returnTo?: string): Promise<Response>;
  /** The cookies that it would send to the console. */
  cookies(): string;
  setCookies(header: string): void;
}

export interface RequestOptions {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON, unless it is text. */
  readonly body?: unknown;
  readonly signal?: AbortSignal;
}

const mostRedirects = 12;

export interface BrowserOptions {
  /** Where the console is for browsers: `https://console.example.com`. */
  readonly origin: string;
  /** Where it listens, behind the proxy that the test is. */
  readonly address: string;
  /** What that proxy adds. */
  readonly headers?: Readonly<Record<string, string>>;
}

export function openBrowser({ origin, address, headers: added = {} }: BrowserOptions): Browser {
  const jars = new Map<string, Map<string, string>>();
  let csrfToken = '';

  const jarOf = (url: URL): Map<string, string> => {
    const jar = jars.get(url.origin) ?? new Map<string, string>();
    jars.set(url.origin, jar);
    return jar;
  };

  async function send(url: URL, init: RequestInit): Promise<Response> {
    const jar = jarOf(url);
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const toConsole = url.origin === origin;
    const target = toConsole ? new URL(`${url.pathname}${url.search}`, address) : url;
    const headers = {
      ...(toConsole ? added : {}),
      ...(cookie === '' ? {} : { cookie }),
      ...(init.headers as Record<string, string>),
    };
    const response = await fetch(target, { ...init, headers, redirect: 'manual' });
    for (const line of response.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      const expired = /expires=([^;]+)/i.exec(line)?.[1];
      if (value === '' || (expired !== undefined && Date.parse(expired) < Date.now())) jar.delete(name);
      else jar.set(name, value);
    }
    return response;
  }

  async function follow(start: Response, from: URL, until: (url: URL, response: Response) => boolean) {
    let response = start;
    let url = from;
    for (let count = 0; count < mostRedirects; count += 1) {
      const location = response.headers.get('location');
      if (location === null || until(url, response)) return { response, url };
      url = new URL(location, url);
      response = await send(url, {});
    }
    throw new Error(`The browser was sent on more than ${mostRedirects} times, last to ${url.href}.`);
  }

  async function learnToken(): Promise<void> {
    const response = await send(new URL('/api/session', origin), {});
    if (response.status !== 200)
      throw new Error(`whoever was let in has no session: ${response.status} ${await response.text()}`);
    const session = (await response.json()) as { csrfToken?: string };
    csrfToken = session.csrfToken ?? '';
  }

  const browser: Browser = {
    cookies: () => [...jarOf(new URL(origin))].map(([name, value]) => `${name}=${value}`).join('; '),
    setCookies(header) {
      const jar = jarOf(new URL(origin));
      jar.clear();
      for (const pair of header.split('; '))
        jar.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1));
    },

    request(path, { method = 'GET', headers = {}, body, signal } = {}) {
      const own = method === 'GET' ? {} : { origin, 'x-csrf-token': csrfToken };
      const json = body === undefined ? {} : { 'content-type': 'application/json' };
      const text = typeof body === 'string' ? body : JSON.stringify(body);
      return send(new URL(path, origin), {
        method,
        headers: { ...own, ...json, ...headers },
        ...(body === undefined ? {} : { body: text }),
        ...(signal === undefined ? {} : { signal }),
      });
    },

    async logIn(person, returnTo) {
      const response = await browser.tryLogIn(person, returnTo);
      if (response.status === 303) return response;
      throw new Error(`${person} was not let in: ${response.status} ${await response.text()}`);
    },

    async tryLogIn(person, returnTo = '/') {
      const begin = new URL(`/login?return=${encodeURIComponent(returnTo)}`, origin);
      const isChoice = (url: URL) => url.pathname.startsWith('/choose/');
      const chosen = await follow(await send(begin, {}), begin, isChoice);
      if (!isChoice(chosen.url)) return chosen.response;
      const answer = await send(chosen.url, {
        method: 'POST',
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ person }).toString(),
      });
      const { response } = await follow(answer, chosen.url, (url) => url.origin === origin);
      if (response.status === 303) await learnToken();
      return response;
    },
  };
  return browser;
}
