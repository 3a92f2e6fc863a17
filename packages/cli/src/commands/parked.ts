import { type Command, Option } from 'commander';
import { editParked } from '../operations/edit-parked.ts';
import { listGroups, listParked } from '../operations/list-parked.ts';
import { statesByWeight } from '../operations/parked-pages.ts';
import { assignParked, noteParked, passGapParked, showParked, skipParked } from '../operations/parked-entry.ts';
import { type RedriveFlags, redriveParked } from '../operations/redrive-parked.ts';
import { operationsCommand, runOperation, withCommonOptions } from '../operations/run-operation.ts';
import { type SelectionFlags, selectionOf } from '../operations/selection.ts';
import type { CommonFlags } from '../operations/session.ts';
import { number, wholeNumber } from '../operations/options.ts';

interface ListFlags extends CommonFlags, SelectionFlags {
  readonly service?: string;
  readonly limit: number;
}

interface ReasonFlags extends CommonFlags {
  readonly reason?: string;
}

export function parkedCommand(): Command {
  const parked = operationsCommand('parked').description('Find, mend and finish events that are parked.');
  looking(parked);
  tryingAgain(parked);
  endingIt(parked);
  workingOnIt(parked);
  return parked;
}

function looking(parked: Command): void {
  const ls = withCommonOptions(parked.command('ls').description('List parked events, the worst first.'))
    .option('--service <name>', 'of this service; of all when left out')
    .option('--consumer <name>')
    .addOption(new Option('--state <state>').choices(statesByWeight))
    .option('--fingerprint <hex>', 'failures of this kind: see parked groups')
    .option('--limit <n>', 'how many are shown', wholeNumber(1, 2_000), 50);
  withEventOptions(ls).action(async (flags: ListFlags) =>
    runOperation(flags, async (session) =>
      listParked(session, selectionOf(flags), { service: flags.service, limit: flags.limit }),
    ),
  );
  withCommonOptions(parked.command('groups').description('List failures by their kind, the worst first.'))
    .option('--service <name>', 'of this service; of all when left out')
    .option('--consumer <name>')
    .action(async (flags: CommonFlags & { service?: string; consumer?: string }) =>
      runOperation(flags, async (session) => listGroups(session, flags)),
    );
  withCommonOptions(
    parked.command('show').description('Show one: its error, its data, its queue, what was done with it.'),
  )
    .argument('<service>')
    .argument('<id>')
    .action(async (service: string, id: string, flags: CommonFlags) =>
      runOperation(flags, async (session) => showParked(session, service, id)),
    );
}

function tryingAgain(parked: Command): void {
  const redrive = withCommonOptions(
    parked
      .command('redrive')
      .description('Have events tried again: some by their ids, or as a job what options select.'),
  )
    .argument('<service>')
    .argument('[ids...]')
    .option('--consumer <name>', 'dead events of this consumer, as a job')
    .option('--fingerprint <hex>', 'failures of this kind alone')
    .option('--all', 'everything of the consumer that is dead')
    .option('--reason <text>', 'why; a job needs one');
  withPaceOptions(withYes(withEventOptions(redrive))).action(
    async (service: string, ids: readonly string[], flags: CommonFlags & RedriveFlags) =>
      runOperation(flags, async (session) => redriveParked(session, service, ids, flags)),
  );
  withYes(
    withCommonOptions(
      parked
        .command('edit')
        .description('Ask for an event’s data to be changed and tried again; somebody else must agree.'),
    ),
  )
    .argument('<service>')
    .argument('<id>')
    .option('--file <json>', 'the whole data; without it, the editor opens with the data as it is')
    .option('--reason <text>', 'why')
    .action(async (service: string, id: string, flags: ReasonFlags & { file?: string }) =>
      runOperation(flags, async (session) => editParked(session, session.client(service), id, flags)),
    );
}

function endingIt(parked: Command): void {
  const commands = [
    ['skip', 'Give a dead event up for good; its entity goes on as if it had been handled.', skipParked],
    ['pass-gap', 'Go on from a dead event although versions before it are missing for good.', passGapParked],
  ] as const;
  for (const [name, description, act] of commands)
    withYes(withCommonOptions(parked.command(name).description(description)))
      .argument('<service>')
      .argument('<id>')
      .option('--reason <text>', 'why')
      .action(async (service: string, id: string, flags: ReasonFlags) =>
        runOperation(flags, async (session) => act(session, session.client(service), id, flags.reason)),
      );
}

function workingOnIt(parked: Command): void {
  withCommonOptions(parked.command('note').description('Write a note on a parked event, for whoever looks at it next.'))
    .argument('<service>')
    .argument('<id>')
    .argument('<text>')
    .action(async (service: string, id: string, text: string, flags: CommonFlags) =>
      runOperation(flags, async (session) => noteParked(session.client(service), id, text)),
    );
  withCommonOptions(parked.command('assign').description('Say who takes care of a parked event.'))
    .argument('<service>')
    .argument('<id>')
    .argument('[name]', 'nobody when left out')
    .action(async (service: string, id: string, name: string | undefined, flags: CommonFlags) =>
      runOperation(flags, async (session) => assignParked(session.client(service), id, name)),
    );
}

function withEventOptions(command: Command): Command {
  return command
    .option('--type <type>', 'events of this type')
    .option('--entity <id>', 'events of this entity')
    .option('--correlation <id>', 'events of this correlation id');
}

function withYes(command: Command): Command {
  return command.option('--yes', 'do not ask');
}

function withPaceOptions(command: Command): Command {
  return command
    .option('--rate <n>', 'events a second, of a job', number(0.1, 5_000))
    .option('--canary <n>', 'how many go first, alone', wholeNumber(0, 1_000))
    .option('--dry-run', 'show what a job would touch, and do nothing');
}
