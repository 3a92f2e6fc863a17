import { join } from 'node:path';
import type { ProgressStep } from '../environment/environment.ts';
import { EnvironmentError } from '../environment/error.ts';
import { lastLines } from '../local/component.ts';
import { superviseProcess } from '../local/supervise.ts';
import { docker } from './engine.ts';
import { followLines } from './log-lines.ts';

/**
 * Makes sure that the engine has an image, and pulls it where it has not, with progress.
 * @throws EnvironmentError `environment.no-image`, which names the other ways to an environment.
 */
export async function ensureImage(
  image: string,
  stateDir: string,
  progress: (step: ProgressStep) => void,
): Promise<void> {
  if (await hasImage(image)) return;
  const logFile = join(stateDir, 'logs', 'docker-pull.log');
  const tell = (detail: string) => progress({ kind: 'state', component: 'docker', state: 'preparing', detail });
  tell(`pulling ${image}`);
  const layers = { known: 0, done: 0 };
  const stopFollowing = followLines(logFile, (line) => {
    if (/: Pulling fs layer/.test(line)) layers.known += 1;
    if (!/: Pull complete/.test(line)) return;
    layers.done += 1;
    tell(`pulling ${image}, ${layers.done} of ${Math.max(layers.known, layers.done)} layers`);
  });
  const pull = await superviseProcess({ name: 'docker pull', command: 'docker', args: ['pull', image], logFile });
  const { code } = await pull.exited;
  stopFollowing();
  if (code === 0) return;
  throw new EnvironmentError(
    'environment.no-image',
    `A container engine answers, but it has no image ${image} and cannot pull it (${lastLines(logFile, 1)}). Give the engine that image, or set WAYBILL_ENVIRONMENT=local to use plain processes, or give the addresses of running servers.`,
  );
}

async function hasImage(image: string): Promise<boolean> {
  try {
    await docker(['image', 'inspect', '--format', '{{.Id}}', image]);
    return true;
  } catch {
    return false;
  }
}
