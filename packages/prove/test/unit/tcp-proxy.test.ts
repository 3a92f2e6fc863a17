import { once } from 'node:events';
import { connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startTcpProxy, type TcpProxy } from '../../src/network/tcp-proxy.ts';
import { seededRandom } from '../../src/random.ts';

let echo: Server;
let proxy: TcpProxy;
const open = new Set<Socket>();

beforeEach(async () => {
  echo = createServer((socket) => void socket.on('error', () => undefined).pipe(socket));
  echo.listen(0, '127.0.0.1');
  await once(echo, 'listening');
  const address = echo.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  proxy = await startTcpProxy({ target: () => ({ host: '127.0.0.1', port }), random: seededRandom('proxy') });
});

afterEach(async () => {
  for (const socket of open) socket.destroy();
  await proxy.close();
  echo.close();
});

async function client(): Promise<Socket> {
  const socket = connect(proxy.port, '127.0.0.1');
  open.add(socket);
  await once(socket, 'connect');
  return socket;
}

/** Sends a text and answers what came back, and after how many milliseconds. */
async function roundTrip(socket: Socket, text: string): Promise<{ readonly text: string; readonly ms: number }> {
  const began = performance.now();
  let back = '';
  socket.write(text);
  while (back.length < text.length) back += String((await once(socket, 'data'))[0]);
  return { text: back, ms: performance.now() - began };
}

/** `silent` when nothing came within the time. */
async function within(ms: number, promise: Promise<unknown>): Promise<unknown> {
  return Promise.race([promise, pause(ms, 'silent')]);
}

describe('a proxy between a client and its server', () => {
  it('hands bytes on, in both directions and in order', async () => {
    const socket = await client();
    const text = Array.from({ length: 5_000 }, (_, index) => `piece ${index};`).join('');
    expect((await roundTrip(socket, text)).text).toBe(text);
  });

  it('resets the connections that are up when it cuts them, and takes new ones', async () => {
    const socket = await client();
    await roundTrip(socket, 'hello');
    const closed = once(socket, 'error');
    expect(proxy.cut(1)).toBe(1);
    expect(await closed).toMatchObject([{ code: 'ECONNRESET' }]);
    expect((await roundTrip(await client(), 'again')).text).toBe('again');
  });

  it('holds each piece back for as long as it is told, in each direction, and keeps their order', async () => {
    const socket = await client();
    await roundTrip(socket, 'hello');
    proxy.change({ kind: 'slow', delayMs: 60 }, 1);
    const { text, ms } = await roundTrip(socket, 'one two three');
    expect(text).toBe('one two three');
    expect(ms).toBeGreaterThanOrEqual(115);
  });

  it('is silent while a connection is half open, tells neither side, and resets it in the end', async () => {
    const socket = await client();
    await roundTrip(socket, 'hello');
    proxy.change({ kind: 'half-open' }, 1);
    const ended = once(socket, 'error');
    socket.write('anybody there?');
    expect(await within(150, Promise.race([once(socket, 'data'), ended]))).toBe('silent');
    proxy.heal();
    expect(await ended).toMatchObject([{ code: 'ECONNRESET' }]);
  });

  it('takes a connection that is made while its links are half open, and never answers it', async () => {
    proxy.change({ kind: 'half-open' }, 0);
    const socket = await client();
    socket.on('error', () => undefined).write('hello');
    expect(await within(150, once(socket, 'data'))).toBe('silent');
  });
});
