import type { ProgressStep } from '../environment/environment.ts';
import type { Jvm } from './jvm.ts';

/** Not there yet. */
export async function ensurePackagedJvm(
  _progress: (step: ProgressStep) => void,
  _probe: (java: string) => Promise<Jvm | undefined>,
): Promise<{ jvm: Jvm | undefined; reason: string }> {
  return { jvm: undefined, reason: 'no pip' };
}
