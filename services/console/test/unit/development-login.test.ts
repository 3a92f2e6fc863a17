import { networkInterfaces } from 'node:os';
import { expect, onTestFinished, test } from 'vitest';
import { startDevelopmentProvider } from '../../src/adapters/development-login/provider.ts';

test('the development login refuses to start in production by itself', async () => {
  const started = startDevelopmentProvider({
    environment: 'production',
    consoleUrl: 'https://console.example.com',
    port: 0,
  });
  await expect(started).rejects.toThrow('only when ENVIRONMENT is development');
});

test('the development login listens on the loopback address alone', async () => {
  const provider = await startDevelopmentProvider({
    environment: 'development',
    consoleUrl: 'http://127.0.0.1:4100',
    port: 0,
  });
  onTestFinished(() => provider.stop());
  const { port } = new URL(provider.issuer);
  const path = '/.well-known/openid-configuration';
  expect((await fetch(`http://127.0.0.1:${port}${path}`)).status).toBe(200);
  // A server on all addresses would answer here too.
  const elsewhere = ['127.0.0.2', ...ownAddresses()];
  for (const host of elsewhere) {
    await expect(fetch(`http://${host}:${port}${path}`, { signal: AbortSignal.timeout(2_000) })).rejects.toThrow(
      /fetch failed|timeout/,
    );
  }
});

function ownAddresses(): readonly string[] {
  const all = Object.values(networkInterfaces()).flatMap((each) => each ?? []);
  return all.filter(({ family, internal }) => family === 'IPv4' && !internal).map(({ address }) => address);
}
