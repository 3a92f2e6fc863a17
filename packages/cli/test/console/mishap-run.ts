import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Run, type RunningCommand, startCommand } from '../e2e/command.ts';

/** `waybill up --mishap` as somebody runs it at a terminal, who then goes to the console. */
export interface MishapRun {
  readonly consoleUrl: string;
  readonly ordersUrl: string;
  readonly up: RunningCommand;
  /** Resolves once `up` has said that it goes on only when a person puts things right. */
  personNeeded(): Promise<void>;
  /** Has the provider answer as it describes, or of some or all payments in another form. */
  providerAnswers(how: 'well' | 'at-times-oddly' | 'always-oddly'): Promise<void>;
  /** Has the mail server come back soon, and not only when its minute is over. */
  mailsAgain(): Promise<void>;
  /** What the checker found, once everything was put right. */
  verdict(): Promise<Readonly<Record<string, unknown>>>;
  /** Ends `up` as Ctrl-C does. */
  stop(): Promise<Run>;
}

/** More than the two in a hundred of a mishap: of so few orders they might be none. */
const oddShares = { well: 0, 'at-times-oddly': 0.1, 'always-oddly': 1 };

/** Starts everything, with so many orders under way. */
export async function startMishap(orders: number): Promise<MishapRun> {
  const stateDirectory = mkdtempSync(join(tmpdir(), 'waybill-console-'));
  const up = startCommand(stateDirectory, 'up', '--mishap', '--calm', '--orders', String(orders), '--json');
  const stop = async () => {
    up.process.kill('SIGINT');
    const run = await up.ended;
    rmSync(stateDirectory, { recursive: true, force: true });
    return run;
  };
  try {
    await up.writes(/== \d+ orders/u);
  } catch (error) {
    await stop();
    throw error;
  }
  const urlOf = (program: string) => {
    const url = new RegExp(`^ +${program} +(http://\\S+)$`, 'mu').exec(up.written())?.[1];
    if (url === undefined) throw new Error(`up did not say where ${program} is:\n${up.written()}`);
    return url;
  };
  const providerUrl = urlOf('payment-provider');
  return {
    consoleUrl: urlOf('console'),
    ordersUrl: urlOf('orders'),
    up,
    personNeeded: () => up.writes(/\d+ events wait for a person/u),
    providerAnswers: async (how) => {
      const response = await fetch(`${providerUrl}/odd-answers`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ share: oddShares[how] }),
      });
      if (!response.ok) throw new Error(`The provider answered ${response.status}: ${await response.text()}`);
    },
    mailsAgain: async () => {
      const response = await fetch(`${urlOf('mail-sink')}/outage?seconds=1`, { method: 'POST' });
      if (!response.ok) throw new Error(`The mail server answered ${response.status}: ${await response.text()}`);
    },
    verdict: async () => {
      await up.writes(/^\{"orders".*\}$/mu);
      const line = up
        .written()
        .split('\n')
        .find((one) => one.startsWith('{"orders"'));
      return JSON.parse(line ?? '{}') as Record<string, unknown>;
    },
    stop,
  };
}
