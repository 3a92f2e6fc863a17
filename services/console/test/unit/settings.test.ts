import { ConfigError, readConfig } from '@waybill/service';
import { describe, expect, test } from 'vitest';
import { consoleSettings } from '../../src/settings.ts';

const secret = 's'.repeat(32);
const production = {
  DATABASE_URL: 'postgres://waybill@127.0.0.1/console',
  KAFKA_BROKERS: '127.0.0.1:9092',
  SCHEMA_REGISTRY_URL: 'http://127.0.0.1:8081',
  HTTP_PORT: '4100',
  SERVICE_TOKEN: secret,
  OPS_SECRET: secret,
  OPS_SERVICES: 'orders=http://127.0.0.1:4001, payments=https://payments.example/base/',
  PUBLIC_URL: 'https://console.example.com/',
  SESSION_SECRET: secret,
  OIDC_ISSUER: 'https://login.example.com',
  OIDC_CLIENT_ID: 'console',
  OIDC_CLIENT_SECRET: 'secret',
};
const development = {
  ...production,
  ENVIRONMENT: 'development',
  LOGIN: 'development',
  PUBLIC_URL: 'http://127.0.0.1:4100',
  OIDC_ISSUER: '',
};

function problemOf(env: Record<string, string>): string {
  try {
    readConfig(consoleSettings, env);
    return 'accepted';
  } catch (error) {
    return error instanceof ConfigError ? error.message : String(error);
  }
}

describe('the settings of the console', () => {
  test('are for production and OpenID Connect unless they say otherwise', () => {
    expect(readConfig(consoleSettings, production)).toMatchObject({
      ENVIRONMENT: 'production',
      LOGIN: 'oidc',
      PUBLIC_URL: 'https://console.example.com',
      OIDC_ROLES_CLAIM: 'roles',
      EVENT_INDEX: 'on',
      EVENT_INDEX_DAYS: 90,
      OPS_SERVICES: { orders: 'http://127.0.0.1:4001', payments: 'https://payments.example/base' },
    });
  });

  test('may have the development login in development', () => {
    expect(problemOf(development)).toBe('accepted');
  });

  test.each([['production'], ['']])('refuse the development login when ENVIRONMENT is %j', (ENVIRONMENT) => {
    expect(problemOf({ ...production, LOGIN: 'development', ENVIRONMENT })).toBe(
      'Wrong configuration: LOGIN must be oidc when ENVIRONMENT is production, since development asks for no password. Set it in the environment and start again.',
    );
  });

  test.each([['staging'], ['Production '], ['dev']])('know no environment %j', (ENVIRONMENT) => {
    expect(problemOf({ ...development, ENVIRONMENT })).toContain('ENVIRONMENT must be one of');
  });

  test('refuse to be reached without https in production', () => {
    expect(problemOf({ ...production, PUBLIC_URL: 'http://console.example.com' })).toContain(
      'PUBLIC_URL must be an https URL when ENVIRONMENT is production',
    );
    expect(problemOf({ ...production, OIDC_ISSUER: 'http://login.example.com' })).toContain(
      'OIDC_ISSUER must be an https URL',
    );
  });

  test.each([['OIDC_ISSUER'], ['OIDC_CLIENT_ID'], ['OIDC_CLIENT_SECRET']])('need %s for a login by OIDC', (name) => {
    expect(problemOf({ ...production, [name]: '' })).toContain(`${name} is not set`);
  });

  test.each([['OPS_SECRET'], ['SESSION_SECRET']])('refuse a short %s without repeating it', (name) => {
    const text = problemOf({ ...production, [name]: 'hunter2' });
    expect(text).toContain(`${name} must have at least 32 characters`);
    expect(text).not.toContain('hunter2');
  });

  test.each([
    ['orders'],
    ['orders=ftp://127.0.0.1'],
    ['orders=http://user:secret@127.0.0.1:1'],
    ['orders=http://127.0.0.1:1?x=1'],
    ['orders=http://127.0.0.1:1,orders=http://127.0.0.1:2'],
    ['Orders=http://127.0.0.1:1'],
    ['../x=http://127.0.0.1:1'],
    ['orders=http://127.0.0.1:1,,'],
  ])('refuse OPS_SERVICES %j', (OPS_SERVICES) => {
    expect(problemOf({ ...production, OPS_SERVICES })).toContain('OPS_SERVICES must be a comma list');
  });

  test.each([['https://console.example.com/ops'], ['https://console.example.com/?a'], ['console.example.com']])(
    'refuse PUBLIC_URL %j',
    (PUBLIC_URL) => {
      expect(problemOf({ ...production, PUBLIC_URL })).toContain('PUBLIC_URL must be an');
    },
  );
});
