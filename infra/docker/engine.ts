import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { basename } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** Runs the docker client and resolves to what it printed. @throws Error with what it said on standard error. */
export async function docker(args: readonly string[], timeoutMs = 60_000): Promise<string> {
  const { stdout } = await run('docker', [...args], { timeout: timeoutMs, maxBuffer: 16 * 1024 * 1024 });
  return stdout.trim();
}

/** Whether a container engine answers within three seconds, to a client that knows compose files. */
export async function engineAnswers(): Promise<boolean> {
  try {
    await Promise.all([docker(['info', '--format', '{{.ServerVersion}}'], 3000), docker(['compose', 'version'], 3000)]);
    return true;
  } catch {
    return false;
  }
}

/** Names what runs for one state directory: the compose project, or the network and the label of single containers. */
export function environmentName(stateDir: string): string {
  const purpose = basename(stateDir)
    .toLowerCase()
    .replaceAll(/[^a-z0-9]/g, '');
  return `waybill-${purpose}-${createHash('sha256').update(stateDir).digest('hex').slice(0, 8)}`;
}

/** The label by which containers outside of compose are found again; its value is the name. */
export const environmentLabel = 'waybill.environment';

/** Stops or removes all that runs under a name. Containers of a compose project are kept, stopped, with their data. */
export async function endContainers(name: string): Promise<void> {
  const ids = async (...args: string[]) => (await docker([...args, '--quiet'])).split('\n').filter((id) => id !== '');
  const composed = await ids('ps', '--filter', `label=com.docker.compose.project=${name}`);
  const single = await ids('ps', '--all', '--filter', `label=${environmentLabel}=${name}`);
  if (composed.length > 0) await docker(['stop', '--time', '20', ...composed]);
  if (single.length > 0) await docker(['rm', '--force', '--volumes', ...single]);
  const networks = await ids('network', 'ls', '--filter', `name=^${name}$`);
  if (networks.length > 0) await docker(['network', 'rm', ...networks]);
}
