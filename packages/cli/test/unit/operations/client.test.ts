import { commandResult } from '@waybill/service/operations';
import { jwtVerify } from 'jose';
import { afterEach, describe, expect, test } from 'vitest';
import { listIn } from '../../../src/operations/answers.ts';
import { askAll, whoHas } from '../../../src/operations/ask-all.ts';
import { operationsClient, queryText } from '../../../src/operations/client.ts';
import { RefusedError, SilentServiceError } from '../../../src/operations/errors.ts';
import { json, standIn, type StandIn } from './service-stand-in.ts';

const secret = 's'.repeat(40);
const operator = { name: 'ada', roles: ['operator'] } as const;
const text = { parse: String };
const opened: StandIn[] = [];

afterEach(async () => {
  await Promise.all(opened.splice(0).map(async (service) => service.close()));
});

async function service(...args: Parameters<typeof standIn>) {
  const server = await standIn(...args);
  opened.push(server);
  return { server, client: operationsClient({ service: 'orders', url: server.url, secret, operator }) };
}

const idOf = async (authorization: string | undefined) => {
  const token = (authorization ?? '').replace(/^Bearer /, '');
  const { payload } = await jwtVerify(token, new TextEncoder().encode(secret), { audience: 'orders' });
  return payload.jti;
};

/** A service that is not there any more. */
async function awayClient() {
  const server = await standIn(() => undefined);
  await server.close();
  return operationsClient({ service: 'payments', url: server.url, secret, operator });
}

const gone = { type: 'urn:waybill:problem:ops.no-job', title: 'Not Found', status: 404 };

describe('a request to a service', () => {
  test('bears a token of its own, and asks for what was meant', async () => {
    const { server, client } = await service((_request, response) => json(response, 200, 'yes'));
    expect(await client.get('/parked', text, { consumer: 'a b', after: undefined, limit: 5 })).toBe('yes');
    await client.get('/parked', text);
    expect(server.arrived.map(({ method, path }) => [method, path])).toEqual([
      ['GET', '/ops/v1/parked?consumer=a+b&limit=5'],
      ['GET', '/ops/v1/parked'],
    ]);
    const ids = await Promise.all(server.arrived.map(async ({ headers }) => idOf(headers.authorization)));
    expect(new Set(ids).size).toBe(2);
  });

  test('that does something is sent again under the same key when its answer got lost, with another token', async () => {
    let answers = 0;
    const { server, client } = await service((_request, response) => {
      answers += 1;
      if (answers === 1) response.destroy();
      else json(response, 200, { result: 'done', audit: 7 });
    });
    expect(await client.post('/parked/42/redrive', {}, commandResult)).toEqual({ result: 'done', audit: 7 });
    const [first, second] = server.arrived;
    expect(first?.headers['idempotency-key']).toMatch(/^[0-9a-f-]{36}$/);
    expect(second?.headers['idempotency-key']).toBe(first?.headers['idempotency-key']);
    expect(await idOf(second?.headers.authorization)).not.toBe(await idOf(first?.headers.authorization));
  });

  test('that is refused tells the problem, and is not sent again', async () => {
    const problem = {
      ...gone,
      status: 422,
      detail: 'No.',
      correlationId: 'c-1',
      errors: [{ path: 'a', message: 'b' }],
    };
    const { server, client } = await service((_request, response) => json(response, 422, problem));
    const refused = client.post('/parked/42/edit', {}, commandResult);
    await expect(refused).rejects.toBeInstanceOf(RefusedError);
    await expect(refused).rejects.toMatchObject({ service: 'orders', problem: { status: 422, detail: 'No.' } });
    expect(server.arrived).toHaveLength(1);
  });

  test('follows nobody to another address', async () => {
    const { client } = await service((_request, response) =>
      response.writeHead(307, { location: 'http://127.0.0.1:9/' }).end(),
    );
    await expect(client.get('/parked', text)).rejects.toBeInstanceOf(SilentServiceError);
  });

  test('whose answer is of another form says so', async () => {
    const { client } = await service((_request, response) => json(response, 200, { jobs: 'none' }));
    await expect(client.get('/jobs', listIn('jobs', text))).rejects.toThrow(/not know \(the answer has no jobs\)/);
    await expect(client.get('/jobs', commandResult)).rejects.toThrow(/not know \(result: /);
  });

  test('gets a long answer line by line, wherever its pieces end', async () => {
    const { client } = await service((_request, response) => {
      response.writeHead(200);
      response.write('{"a":"ü"}\n{"b"');
      response.end(':2}\n\n{"c":3}');
    });
    const lines: string[] = [];
    for await (const line of client.lines('/audit/export')) lines.push(line);
    expect(lines).toEqual(['{"a":"ü"}', '{"b":2}', '{"c":3}']);
  });

  test('has a query of what is given alone', () => {
    expect(queryText({})).toBe('');
    expect(queryText({ a: 'x&y', b: undefined, c: 0 })).toBe('?a=x%26y&c=0');
  });
});

describe('asking several services', () => {
  test('hears the others when one is away', async () => {
    const { client } = await service((_request, response) => json(response, 200, 'yes'));
    const away = await awayClient();
    const { answers, unanswered } = await askAll([away, client], async (one) => one.get('/parked', text));
    expect(answers.map(({ service, answer }) => [service, answer])).toEqual([['orders', 'yes']]);
    expect(unanswered.map(({ service, error }) => [service, error.message])).toEqual([
      ['payments', expect.stringMatching(/^payments does not answer at http:\/\/127.0.0.1:\d+: ECONNREFUSED\.$/)],
    ]);
  });

  test('finds the one that has something, and does not say that nobody has when one could not be asked', async () => {
    const { client: hasNot } = await service((_request, response) => json(response, 404, gone));
    const { client: has } = await service((_request, response) => json(response, 200, 'it'));
    const away = await awayClient();
    const ask = async (one: typeof has) => one.get('/jobs/1', text);
    expect((await whoHas([hasNot, away, has], 'the job 1', ask)).answer).toBe('it');
    await expect(whoHas([hasNot], 'the job 1', ask)).rejects.toThrow('orders: nobody has the job 1.');
    await expect(whoHas([hasNot, away], 'the job 1', ask)).rejects.toBeInstanceOf(SilentServiceError);
  });

  test('takes a path that is not there for a service without an operations API', async () => {
    const missing = { type: 'urn:waybill:problem:http.not-found', title: 'Not Found', detail: 'see /openapi.json' };
    const { client } = await service((_request, response) => json(response, 404, missing));
    await expect(whoHas([client], 'the job 1', async (one) => one.get('/jobs/1', text))).rejects.toThrow(/OPS_SECRET/);
  });
});
