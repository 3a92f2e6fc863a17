import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { leftBehind, main, ownCommands } from './command.ts';

const { stateDirectory, waybill } = ownCommands('waybill-e2e-');
const flowing = /paid [1-9]\d*, /u;

describe('waybill up', () => {
  it('says which line of its data is wrong before it starts anything', async () => {
    const run = await waybill('up', '--data', main, '--once').ended;
    expect(run.exitCode).toBe(1);
    expect(run.messages).toContain('line 1: the header must be date,customer_id,quantity,amount_usd');
    expect(run.lines).toEqual(['']);
  });

  it('takes other ports when its own are in use, refuses to be started twice, and leaves nothing after Ctrl-C', async () => {
    const occupant = createServer()
      .listen(4001, '127.0.0.1')
      .on('error', () => undefined);
    const up = waybill('up', '--orders', '100');
    await up.writes(flowing);
    expect(up.written()).not.toContain('http://127.0.0.1:4001');

    const second = await waybill('up', '--orders', '100').ended;
    expect(second.exitCode).toBe(1);
    expect(second.lines.join('\n')).toContain('It runs already');
    expect(up.process.exitCode).toBeNull();

    up.process.kill('SIGINT');
    expect((await up.ended).exitCode).toBe(130);
    expect(await leftBehind(stateDirectory)).toEqual([]);
    occupant.close();
  });

  it('leaves nothing when it is killed in the middle of a run', async () => {
    const up = waybill('up', '--orders', '100');
    await up.writes(flowing);
    up.process.kill('SIGKILL');
    await up.ended;
    expect(await leftBehind(stateDirectory)).toEqual([]);
  });

  it('turns purchases into ended orders on what killed runs left, with a service killed and records held back', async () => {
    const run = await waybill('up', '--orders', '100', '--once', '--json').ended;
    expect(JSON.parse(run.lines.at(-1) ?? '{}'), run.messages.slice(-3_000)).toMatchObject(sound(100));
    expect(run.exitCode).toBe(0);
    expect(await leftBehind(stateDirectory)).toEqual([]);
  });

  it('loses and repeats nothing with two instances of each service, killed at random', async () => {
    const args = ['--instances', '2', '--kills', '5', '--seed', '3', '--once', '--json'];
    const run = await waybill('up', '--orders', '120', ...args).ended;
    expect(JSON.parse(run.lines.at(-1) ?? '{}'), run.messages.slice(-3_000)).toMatchObject(sound(120));
    expect(run.exitCode).toBe(0);
  });
});

function sound(orders: number) {
  return { orders, pending: 0, lost: 0, invented: 0, duplicateEffects: 0, verdict: 'valid' };
}
