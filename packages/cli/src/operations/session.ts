import { userInfo } from 'node:os';
import { serviceNames } from '@waybill/infra/programs';
import { type Screen, screenOn } from '../terminal/screen.ts';
import { readFleet } from '../up/fleet-state.ts';
import { stateDirectory } from '../workspace.ts';
import { type OperationsClient, operationsClient } from './client.ts';
import { operatorOf } from './operator.ts';
import { type Colours, coloursFor } from './printing/colours.ts';
import type { View } from './printing/view.ts';
import { type Questions, questionsOn } from './questions.ts';
import { operationsSecret, secretOfGiven } from './secret.ts';
import { chosenServices, parseServices, servicesOfFleet } from './services.ts';

/** The options that every command has. */
export interface CommonFlags {
  readonly as?: string;
  readonly json?: true;
  readonly yes?: true;
}

/** What a command works with: the services, the person, and the place to write. */
export interface Session {
  /** For what is shown while a command goes on; its outcome is written by whoever ran it. */
  readonly screen: Screen;
  readonly colours: Colours;
  readonly questions: Questions;
  /** How things are shown at this moment. */
  view(): View;
  /** The services that are asked: the one that was named, or all. @throws UsageError */
  clients(service?: string): readonly OperationsClient[];
  /** @throws UsageError when there is no such service. */
  client(service: string): OperationsClient;
}

/** Opens a session by the options and the environment. Nothing is asked of a service yet. */
export function openSession(flags: CommonFlags): Session {
  // With --json standard output is for the object alone.
  const stream = flags.json === true ? process.stderr : process.stdout;
  const mode = stream.isTTY && process.stdin.isTTY ? 'terminal' : 'pipe';
  const colours = coloursFor(stream.isTTY ? 'terminal' : 'pipe');
  const clients = (service?: string) => clientsOf(flags, service);
  return {
    screen: screenOn(stream),
    colours,
    questions: questionsOn({ mode, yes: flags.yes === true ? 'given' : 'not given', output: stream }),
    view: () => ({ colours, now: new Date(), width: stream.isTTY ? stream.columns : undefined }),
    clients,
    client(service) {
      const [client] = clients(service);
      if (client === undefined) throw new Error(`no client of ${service}`);
      return client;
    },
  };
}

function clientsOf(flags: CommonFlags, service: string | undefined): readonly OperationsClient[] {
  const variables = process.env;
  const stateDir = stateDirectory('up');
  const given = variables['WAYBILL_OPS_SERVICES'];
  const isGiven = given !== undefined && given !== '';
  const all = isGiven ? parseServices(given) : servicesOfFleet(readFleet(stateDir), serviceNames);
  const chosen = chosenServices(all, service);
  const secret = isGiven ? secretOfGiven(stateDir) : operationsSecret(stateDir);
  const operator = operatorOf({ as: flags.as, variables, userName: userInfo().username });
  return [...chosen].map(([name, url]) => operationsClient({ service: name, url, secret, operator }));
}
