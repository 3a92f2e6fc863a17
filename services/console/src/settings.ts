import { serviceConfig } from '@waybill/service';
import { z } from 'zod';

const webAddress = z.url({ protocol: /^https?$/, error: 'must be an http or https URL' });
const secret = z.string().min(32, 'must have at least 32 characters').max(512, 'must have at most 512 characters');

/** `orders=http://127.0.0.1:4001,payments=http://…` as a record from service to base URL. */
const serviceUrls = z.string().transform((text, context) => {
  const urls: Record<string, string> = {};
  for (const pair of text.split(',').map((one) => one.trim())) {
    const [, name, url] = /^([a-z][a-z0-9-]{0,62})=(\S+)$/.exec(pair) ?? [];
    const base = baseOf(url);
    if (name === undefined || base === undefined || Object.hasOwn(urls, name)) {
      context.addIssue({
        code: 'custom',
        message: 'must be a comma list of service=http://host:port, each service once',
      });
      return z.NEVER;
    }
    urls[name] = base;
  }
  return urls;
});

function baseOf(text: string | undefined): string | undefined {
  const url = text === undefined ? null : URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol)) return undefined;
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') return undefined;
  return url.href.replace(/\/+$/, '');
}

/** An origin alone: the console has its paths from the root on. */
const origin = webAddress.transform((text, context) => {
  const url = new URL(text);
  if (url.href === `${url.origin}/`) return url.origin;
  context.addIssue({ code: 'custom', message: 'must be an origin without a path, as https://console.example.com' });
  return z.NEVER;
});

/** What the console reads from its environment. */
export const consoleSettings = serviceConfig
  .extend({
    /** Shared with the services: it signs the tokens of their operations APIs. */
    OPS_SECRET: secret,
    OPS_SERVICES: serviceUrls,
    /** Decides what may be: the development login, and being reached without https. */
    ENVIRONMENT: z.enum(['production', 'development']).default('production'),
    /** Where browsers reach the console. */
    PUBLIC_URL: origin,
    /** Signs the session cookie. */
    SESSION_SECRET: secret,
    /** `development`: choose a person without a password; see OIDC_* for `oidc`. */
    LOGIN: z.enum(['oidc', 'development']).default('oidc'),
    /** Where the development login listens: 0.0.0.0 in a container alone, whose port is published on the loopback address. */
    DEVELOPMENT_LOGIN_HOST: z.enum(['127.0.0.1', '0.0.0.0']).default('127.0.0.1'),
    /** The loopback port of the development login; one that is free when left out. */
    DEVELOPMENT_LOGIN_PORT: z.coerce.number().int().min(0).max(65_535).default(0),
    OIDC_ISSUER: webAddress.optional(),
    OIDC_CLIENT_ID: z.string().min(1).max(255).optional(),
    OIDC_CLIENT_SECRET: z.string().min(1).max(1_024).optional(),
    OIDC_SCOPES: z
      .string()
      .regex(/(?:^| )openid(?: |$)/, 'must name the scope openid')
      .default('openid profile email'),
    /** The claim that a person's roles are in, or the path to it: `realm_access.roles`. */
    OIDC_ROLES_CLAIM: z.string().min(1).max(255).default('roles'),
    JAEGER_URL: webAddress.optional(),
    /** Whether the console reads all events, so that they are found by any id; the services are asked alone when not. */
    EVENT_INDEX: z.enum(['on', 'off']).default('on'),
    /** Days that an event is found for by the index. */
    EVENT_INDEX_DAYS: z.coerce.number().int().min(1).max(3_650).default(90),
    /** Whether the console reads what services publish of their operation; what they answer is all that it knows when not. */
    OPERATIONAL_FACTS: z.enum(['on', 'off']).default('on'),
    /** Days that the console remembers what failed and is done with. */
    FAILURES_DAYS: z.coerce.number().int().min(1).max(365).default(30),
    /** Proxies before the console, whose X-Forwarded-* headers are believed; 1 in production when left out. */
    PROXY_HOPS: z.coerce.number().int().min(0).max(5).optional(),
  })
  .superRefine((settings, context) => {
    const wrong = (variable: string, message: string) =>
      context.addIssue({ code: 'custom', path: [variable], message });
    if (settings.LOGIN === 'development' && settings.ENVIRONMENT === 'production') {
      // The variable that is left out stands for production as well.
      wrong('LOGIN', 'must be oidc when ENVIRONMENT is production, since development asks for no password');
    }
    if (settings.LOGIN === 'oidc') {
      for (const variable of ['OIDC_ISSUER', 'OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET'] as const) {
        if (settings[variable] === undefined) wrong(variable, 'must be set when LOGIN is oidc');
      }
    }
    if (settings.ENVIRONMENT !== 'production') return;
    for (const variable of ['PUBLIC_URL', 'OIDC_ISSUER'] as const) {
      if (settings[variable]?.startsWith('http:') === true) {
        wrong(variable, 'must be an https URL when ENVIRONMENT is production');
      }
    }
  });

export type ConsoleSettings = z.output<typeof consoleSettings>;
