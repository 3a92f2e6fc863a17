import { Command } from 'commander';
import { screenOn } from '../terminal/screen.ts';
import { UsageError } from './errors.ts';
import { type Ending, exitCodes } from './exit-codes.ts';
import { endingOf, type Outcome, outcomeJson } from './outcome.ts';
import { coloursFor } from './printing/colours.ts';
import { errorJson, errorLines, unansweredLines } from './printing/problem-lines.ts';
import { type CommonFlags, openSession, type Session } from './session.ts';

/** A command over the operations API; wrong options end it with the exit status of wrong use. */
export function operationsCommand(name: string): Command {
  return new Command(name).exitOverride(({ exitCode }) => {
    process.exit(exitCode === 0 ? exitCodes.done : exitCodes['wrong-use']);
  });
}

/** Adds the options that every command over the operations API has. */
export function withCommonOptions(command: Command): Command {
  return command
    .option('--as <name>', 'who acts, for the audit trail; WAYBILL_OPERATOR or the system’s user when left out')
    .option('--json', 'one JSON object');
}

/**
 * Runs a command: writes its outcome, for people or with `--json` as one object on standard output's last line, and
 * sets the exit status. Errors become lines on standard error, never a stack.
 */
export async function runOperation(flags: CommonFlags, act: (session: Session) => Promise<Outcome>): Promise<void> {
  const aside = screenOn(process.stderr);
  const colours = coloursFor(process.stderr.isTTY ? 'terminal' : 'pipe');
  try {
    const session = openSession(flags);
    const outcome = await act(session);
    if (flags.json === true) writeJson(outcomeJson(outcome));
    else for (const line of outcome.lines) session.screen.line(line);
    for (const line of unansweredLines(outcome.unanswered ?? [], colours)) aside.line(line);
    process.exitCode = exitCodes[endingOf(outcome)];
  } catch (error) {
    if (flags.json === true) writeJson({ error: errorJson(error) });
    for (const line of errorLines(error, colours)) aside.line(line);
    process.exitCode = exitCodes[endingOfError(error)];
  }
}

function endingOfError(error: unknown): Ending {
  return error instanceof UsageError ? 'wrong-use' : 'failed';
}

function writeJson(value: Readonly<Record<string, unknown>>): void {
  process.stdout.write(`${JSON.stringify(value)}\n`);
}
