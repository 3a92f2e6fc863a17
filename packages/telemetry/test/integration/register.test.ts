import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, expect, test } from 'vitest';

const run = promisify(execFile);
const program = fileURLToPath(new URL('fixtures/shop.ts', import.meta.url));
const receivers: { close(): void }[] = [];

afterEach(() => {
  for (const one of receivers.splice(0)) one.close();
});

interface ReceivedSpan {
  readonly name: string;
  readonly kind: number;
  readonly attributes: readonly { key: string; value: { stringValue?: string } }[];
}

/** A real OTLP receiver, which keeps what it was sent. */
async function receiver() {
  const spans: ReceivedSpan[] = [];
  const services = new Set<string | undefined>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const body: ExportRequest = JSON.parse(Buffer.concat(chunks).toString());
      for (const resource of body.resourceSpans) {
        services.add(resource.resource.attributes.find((one) => one.key === 'service.name')?.value.stringValue);
        for (const scope of resource.scopeSpans) spans.push(...scope.spans);
      }
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  receivers.push(server);
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, spans, services };
}

interface ExportRequest {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: ReceivedSpan['attributes'] };
    readonly scopeSpans: readonly { readonly spans: readonly ReceivedSpan[] }[];
  }[];
}

async function shop(env: Record<string, string>) {
  const register = new URL('../../src/register.ts', import.meta.url).href;
  return run(process.execPath, ['--import', register, program], {
    env: { PATH: process.env['PATH'] ?? '', ...env },
    timeout: 30_000,
  });
}

function attribute(span: ReceivedSpan | undefined, key: string): string | undefined {
  return span?.attributes.find((one) => one.key === key)?.value.stringValue;
}

test('a request makes a span named for its route, with the correlation id, and probes make none', async () => {
  const otlp = await receiver();
  await shop({ OTEL_SERVICE_NAME: 'shop', OTEL_EXPORTER_OTLP_ENDPOINT: otlp.url });
  const server = otlp.spans.find((span) => span.kind === 2);
  expect(server?.name).toBe('GET /orders/:id');
  expect(otlp.services).toEqual(new Set(['shop']));
  expect(otlp.spans.map((span) => attribute(span, 'correlation.id'))).toEqual(otlp.spans.map(() => 'c-77'));
  expect(otlp.spans.filter((span) => span.name.includes('healthz'))).toEqual([]);
});

test('without an endpoint it runs, prints nothing of its own, and exits cleanly', async () => {
  const { stdout, stderr } = await shop({ OTEL_SERVICE_NAME: 'shop' });
  expect({ stdout, stderr }).toEqual({ stdout: 'served 200 c-77\n', stderr: '' });
});

test('an endpoint that is down neither fails the service nor holds up its end', async () => {
  const started = Date.now();
  const { stdout } = await shop({ OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9' });
  expect(stdout).toBe('served 200 c-77\n');
  expect(Date.now() - started).toBeLessThan(10_000);
});

test('with a ratio of 0 nothing is exported, yet the correlation id still travels', async () => {
  const otlp = await receiver();
  const { stdout } = await shop({ OTEL_EXPORTER_OTLP_ENDPOINT: otlp.url, OTEL_TRACES_SAMPLER_ARG: '0' });
  expect(stdout).toBe('served 200 c-77\n');
  expect(otlp.spans).toEqual([]);
});
