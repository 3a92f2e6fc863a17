import * as fc from 'fast-check';
import { z } from 'zod';
import { expect, test } from 'vitest';
import { ConfigError, readConfig, serviceConfig } from '../../src/config.ts';

const given = {
  DATABASE_URL: 'postgres://app:s3cr3t-password@127.0.0.1:5432/orders',
  KAFKA_BROKERS: 'a:9092, b:9093',
  SCHEMA_REGISTRY_URL: 'http://127.0.0.1:8081/apis/ccompat/v7',
  HTTP_PORT: '4001',
  SERVICE_TOKEN: 's3cr3t-token-of-services',
  PRODUCER_URLS: 'orders=http://127.0.0.1:4001/,payments=https://payments:443/base?x=1',
};

function refusal(env: Record<string, string | undefined>): ConfigError {
  try {
    readConfig(serviceConfig, { ...given, ...env });
  } catch (error) {
    if (error instanceof ConfigError) return error;
    throw error;
  }
  throw new Error('the configuration was taken');
}

test('an environment becomes typed values with defaults', () => {
  expect(readConfig(serviceConfig, given)).toMatchObject({
    KAFKA_BROKERS: ['a:9092', 'b:9093'],
    HTTP_HOST: '127.0.0.1',
    HTTP_PORT: 4001,
    RELAY: 'on',
    MIGRATE: 'run',
    LOG_LEVEL: 'info',
    SNAPSHOT_INTERVAL_MS: 10_000,
    PRODUCER_URLS: { orders: 'http://127.0.0.1:4001', payments: 'https://payments:443/base?x=1' },
  });
});

test('a service adds variables of its own', () => {
  const schema = serviceConfig.extend({ PROVIDER_URL: z.url() });
  expect(readConfig(schema, { ...given, PROVIDER_URL: 'http://provider' }).PROVIDER_URL).toBe('http://provider');
});

test('a variable that is not set, or empty, is named', () => {
  expect(refusal({ DATABASE_URL: undefined }).message).toContain('DATABASE_URL is not set');
  expect(refusal({ SERVICE_TOKEN: '' }).message).toContain('SERVICE_TOKEN is not set');
});

test.each([
  ['DATABASE_URL', 'mysql://app:s3cr3t-password@db/x'],
  ['DATABASE_URL', 's3cr3t-password'],
  ['KAFKA_BROKERS', 'http://s3cr3t-password:9092'],
  ['HTTP_PORT', '70000'],
  ['HTTP_PORT', 's3cr3t-password'],
  ['LOG_LEVEL', 's3cr3t-password'],
  ['SERVICE_TOKEN', 's3cr3t'],
  ['PRODUCER_URLS', 'orders:s3cr3t-password'],
  ['RELAY', 's3cr3t-password'],
  ['SNAPSHOT_INTERVAL_MS', '-1'],
])('a wrong %s is refused on one line that names it and not its value', (name, value) => {
  const error = refusal({ [name]: value });
  expect(error.variables).toEqual([name]);
  expect(error.message).toContain(name);
  expect(error.message).not.toContain('\n');
  expect(error.message).not.toContain('s3cr3t');
});

test('all wrong variables are named at once', () => {
  expect(refusal({ HTTP_PORT: 'x', DATABASE_URL: 'y' }).variables).toEqual(['DATABASE_URL', 'HTTP_PORT']);
});

test('whatever the values are, a refusal repeats none of the secrets', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 6, maxLength: 15 }), (secret) => {
      const { message } = refusal({ SERVICE_TOKEN: secret, DATABASE_URL: secret });
      const words =
        'Wrong configuration: DATABASE_URL must be a postgres:// URL; SERVICE_TOKEN must have at least 16 characters. Set them in the environment and start again.';
      expect(message).toBe(words);
    }),
  );
});
