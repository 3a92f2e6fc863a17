import { PassThrough } from 'node:stream';
import type { OperationsClient } from '../../../src/operations/client.ts';
import { questionsOn } from '../../../src/operations/questions.ts';
import type { Session } from '../../../src/operations/session.ts';
import { plain } from './builders.ts';

export interface TestSession {
  readonly session: Session;
  /** What was shown while the command went on. */
  readonly shown: readonly string[];
}

/** A session in a pipe, of somebody who said `--yes`, over these services. */
export function sessionOver(...clients: readonly OperationsClient[]): TestSession {
  const shown: string[] = [];
  const line = (text = '') => void shown.push(text);
  const session: Session = {
    screen: { terminal: false, line, heading: line, good: line, bad: line, faint: line, transient: () => undefined },
    colours: plain.colours,
    questions: questionsOn({ mode: 'pipe', yes: 'given', output: new PassThrough() }),
    view: () => plain,
    clients: () => clients,
    client(service) {
      const client = clients.find((one) => one.service === service);
      if (client === undefined) throw new Error(`the test has no ${service}`);
      return client;
    },
  };
  return { session, shown };
}
