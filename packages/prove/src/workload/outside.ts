/**
 * The world outside as a process: it does what it is asked to under a key, and does not do it again under the same one
 * at `/notices`. It is slow at times, fails before it acts at times, and breaks the connection after it acted at times.
 */
import { createServer } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { openHistory } from '../history/history.ts';
import { seededRandom } from '../random.ts';
import { readConfig } from './config.ts';

const config = readConfig.outside();
const history = openHistory(`${config.WORKLOAD_HISTORY}/outside.jsonl`, config.WORKLOAD_PROCESS);
const random = seededRandom(`${config.WORKLOAD_SEED} outside`);
const done = new Set<string>();

const server = createServer((request, response) => {
  void answer(request.url ?? '', (status, text) => {
    if (status === 'cut') response.destroy();
    else response.writeHead(status).end(text);
  });
});
server.listen(config.HTTP_PORT, '127.0.0.1');

async function answer(path: string, reply: (status: number | 'cut', text: string) => void): Promise<void> {
  const [, port = '', key = ''] = path.split('/');
  if (port === 'healthz') return reply(200, '');
  await pause(random.chance(0.05) ? random.whole(50, 400) : random.whole(0, 5));
  if (random.chance(0.03)) return reply(503, 'not now');
  if (random.chance(0.002)) return reply(429, 'later');
  const again = done.has(path);
  done.add(path);
  history.note({ kind: 'call', key, port, again });
  if (random.chance(0.01)) return reply('cut', '');
  return reply(200, `done for ${key}`);
}
