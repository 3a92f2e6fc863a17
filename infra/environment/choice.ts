import type { Environment, EnvironmentMode } from './environment.ts';
import { EnvironmentError } from './error.ts';
import { addressesGiven } from './given.ts';

type Variables = Readonly<Record<string, string | undefined>>;

const modes: readonly EnvironmentMode[] = ['given', 'docker', 'local'];

/** What `WAYBILL_ENVIRONMENT` asks for; undefined when it is not set. @throws EnvironmentError on another word. */
export function requestedMode(variables: Variables): EnvironmentMode | undefined {
  const text = variables['WAYBILL_ENVIRONMENT'] ?? '';
  if (text === '') return undefined;
  const mode = modes.find((one) => one === text);
  if (mode !== undefined) return mode;
  throw new EnvironmentError(
    'environment.unknown-mode',
    `WAYBILL_ENVIRONMENT must be docker, local or given. Correct it, or unset it to have the choice made.`,
  );
}

/** What was asked for; else given addresses; then a container engine that answers; then processes of this machine. */
export async function chooseMode(options: {
  readonly requested: EnvironmentMode | undefined;
  readonly variables: Variables;
  readonly engineAnswers: () => Promise<boolean>;
}): Promise<EnvironmentMode> {
  const requested = options.requested ?? requestedMode(options.variables);
  if (requested !== undefined) return requested;
  if (addressesGiven(options.variables)) return 'given';
  return (await options.engineAnswers()) ? 'docker' : 'local';
}

/** An environment that runs already, unless another kind was asked for. @throws EnvironmentError then. */
export function asRequested(running: Environment, requested: EnvironmentMode | undefined): Environment {
  if (requested === undefined || requested === running.mode) return running;
  throw new EnvironmentError(
    'environment.other-mode',
    `An environment of the kind ${running.mode} runs here already, and ${requested} was asked for. Stop it with ./waybill down first, or ask for no kind.`,
  );
}
