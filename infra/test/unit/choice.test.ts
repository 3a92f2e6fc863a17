import { describe, expect, test } from 'vitest';
import { asRequested, chooseMode } from '../../environment/choice.ts';
import { givenEnvironment } from '../../environment/given.ts';
import { environmentVariables } from '../../environment/environment.ts';

const addresses = {
  WAYBILL_POSTGRES_URL: 'postgres://u:secret@db:5432/postgres',
  WAYBILL_KAFKA_BROKERS: 'a:9092, b:9092',
  WAYBILL_REGISTRY_URL: 'http://registry:8080/apis/ccompat/v7/',
};
const engine = (answers: boolean) => () => Promise.resolve(answers);

describe('the way to an environment', () => {
  test('is the given addresses when all are there, engine or not', async () => {
    const mode = await chooseMode({ requested: undefined, variables: addresses, engineAnswers: engine(true) });
    expect(mode).toBe('given');
  });

  test('is docker when an engine answers, and processes otherwise', async () => {
    expect(await chooseMode({ requested: undefined, variables: {}, engineAnswers: engine(true) })).toBe('docker');
    expect(await chooseMode({ requested: undefined, variables: {}, engineAnswers: engine(false) })).toBe('local');
  });

  test('is what was asked for, without asking the engine', async () => {
    const unexpected = () => Promise.reject(new Error('asked'));
    expect(await chooseMode({ requested: 'local', variables: addresses, engineAnswers: unexpected })).toBe('local');
  });

  test('is refused when only some addresses are given, naming the missing ones', async () => {
    const variables = { WAYBILL_KAFKA_BROKERS: 'a:9092' };
    await expect(chooseMode({ requested: undefined, variables, engineAnswers: engine(false) })).rejects.toThrow(
      /not WAYBILL_POSTGRES_URL and WAYBILL_REGISTRY_URL/,
    );
  });
});

describe('WAYBILL_ENVIRONMENT', () => {
  const unexpected = () => Promise.reject(new Error('asked'));

  test.each(['given', 'docker', 'local'] as const)(
    'decides for %s, whatever addresses and engine say',
    async (mode) => {
      const variables = { ...addresses, WAYBILL_ENVIRONMENT: mode };
      expect(await chooseMode({ requested: undefined, variables, engineAnswers: unexpected })).toBe(mode);
    },
  );

  test('leaves the choice open when it is empty, and is refused when it is another word', async () => {
    const choose = (word: string) =>
      chooseMode({ requested: undefined, variables: { WAYBILL_ENVIRONMENT: word }, engineAnswers: engine(true) });
    expect(await choose('')).toBe('docker');
    await expect(choose('podman')).rejects.toThrow(/must be docker, local or given/);
  });

  test('does not lead those astray who are handed addresses', async () => {
    const variables = { WAYBILL_ENVIRONMENT: 'docker', ...environmentVariables(givenEnvironment(addresses)) };
    expect(await chooseMode({ requested: undefined, variables, engineAnswers: unexpected })).toBe('given');
  });

  test('is refused when an environment of another kind runs already', () => {
    const running = givenEnvironment(addresses);
    expect(asRequested(running, undefined)).toBe(running);
    expect(asRequested(running, 'given')).toBe(running);
    expect(() => asRequested(running, 'docker')).toThrow(/kind given runs here already.*waybill down/);
  });
});

describe('given addresses', () => {
  test('are taken as they are, and survive being handed on', () => {
    const environment = givenEnvironment(addresses);
    expect(environment.kafkaBrokers).toEqual(['a:9092', 'b:9092']);
    expect(environment.registryUrl).toBe('http://registry:8080/apis/ccompat/v7');
    expect(environment.ownsRegistry).toBe(false);
    expect(givenEnvironment(environmentVariables(environment))).toMatchObject({
      postgresUrl: environment.postgresUrl,
      kafkaBrokers: environment.kafkaBrokers,
      registryUrl: environment.registryUrl,
    });
  });

  test.each([
    ['WAYBILL_POSTGRES_URL', 'http://secret@db'],
    ['WAYBILL_KAFKA_BROKERS', 'broker-without-port'],
    ['WAYBILL_REGISTRY_URL', 'registry:8080'],
    ['WAYBILL_OTLP_URL', 'nowhere'],
  ])('with a malformed %s are refused by that name, without the value', (name, value) => {
    const taking = () => givenEnvironment({ ...addresses, [name]: value });
    expect(taking).toThrow(name);
    expect(taking).not.toThrow(value);
  });
});
