import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { countUsers } from '../../environment/keeper.ts';

const patienceMs = 100;

/** Whether whoever counts the users takes one in; that one stays until it is told to leave. */
async function arrive(port: number): Promise<{ readonly isWelcome: boolean; leave(): void }> {
  const socket = connect({ host: '127.0.0.1', port });
  socket.on('error', () => undefined);
  const answer = await Promise.race([
    once(socket, 'data').then(String, () => 'refused'),
    once(socket, 'close').then(
      () => 'closed',
      () => 'refused',
    ),
  ]);
  return { isWelcome: answer === 'welcome\n', leave: () => socket.destroy() };
}

test('an environment that nobody uses any more takes nobody in: it is about to stop', async () => {
  const users = await countUsers(patienceMs);
  const first = await arrive(users.port);
  expect(first.isWelcome).toBe(true);
  first.leave();
  await users.unused();
  expect((await arrive(users.port)).isWelcome).toBe(false);
});

test('an environment that is told to stop takes nobody in, and keeps those who are there', async () => {
  const users = await countUsers(patienceMs);
  const first = await arrive(users.port);
  users.turnAway();
  expect((await arrive(users.port)).isWelcome).toBe(false);
  first.leave();
});

test('an environment that somebody uses stays', async () => {
  const users = await countUsers(patienceMs);
  const [first, second] = [await arrive(users.port), await arrive(users.port)];
  first.leave();
  const unused = users.unused().then(() => 'unused');
  const used = new Promise<string>((resolve) => setTimeout(() => resolve('used'), 3 * patienceMs));
  expect(await Promise.race([unused, used])).toBe('used');
  second.leave();
  expect(await unused).toBe('unused');
});
