import type { EnvironmentMode } from './environment.ts';
import { addressesGiven } from './given.ts';

/** Given addresses win; then a container engine that answers; then processes of this machine. */
export async function chooseMode(options: {
  readonly requested: EnvironmentMode | undefined;
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly engineAnswers: () => Promise<boolean>;
}): Promise<EnvironmentMode> {
  if (options.requested !== undefined) return options.requested;
  if (addressesGiven(options.variables)) return 'given';
  return (await options.engineAnswers()) ? 'docker' : 'local';
}
