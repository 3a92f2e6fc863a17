/** What a branch meant to do in one transaction, and what came of it. */
export interface Operation {
  readonly id: string;
  /** `east-1`. */
  readonly process: string;
  readonly form: string;
  /** One for each event that it leaves when it is committed. */
  readonly accounts: readonly string[];
  readonly beganAt: number;
  /** Undefined when its process ended first. */
  readonly endedAt: number | undefined;
  /** `unknown` also when nothing was written down. */
  readonly outcome: 'ok' | 'failed' | 'unknown';
}

/** A batch that a consumer got, and what came of it. */
export interface Delivery {
  readonly process: string;
  readonly consumer: string;
  readonly count: number;
  readonly beganAt: number;
  readonly endedAt: number | undefined;
}

/** A fault while it lasted; one that ends at once begins and ends in one moment. */
export interface FaultMark {
  readonly id: number;
  /** `kill`, `stop`, `broker`, … */
  readonly form: string;
  /** A process, a server, or what else it was done to. */
  readonly target: string;
  readonly beganAt: number;
  readonly endedAt: number;
}

/** Something that the world outside did. */
export interface Call {
  readonly port: string;
  readonly key: string;
}

export interface History {
  readonly operations: readonly Operation[];
  readonly deliveries: readonly Delivery[];
  readonly faults: readonly FaultMark[];
  readonly calls: readonly Call[];
  /** When the load began and ended, milliseconds since 1970; 0 when it did not. */
  readonly load: { readonly from: number; readonly to: number };
  /** Lines that are none, but for a last one that its process did not finish. */
  readonly broken: number;
}

type Line = Readonly<Record<string, unknown>>;

/** Puts histories together: each is the text of one file, with a line for each thing that happened. */
export function readHistory(files: readonly string[]): History {
  const operations = new Map<string, Operation>();
  const deliveries: Delivery[] = [];
  const faults = new Map<number, FaultMark>();
  const calls: Call[] = [];
  let load = { from: 0, to: 0 };
  let broken = 0;
  for (const file of files) {
    const lines = parse(file);
    broken += lines.broken;
    const open = new Map<unknown, number>();
    for (const line of lines.whole) {
      const at = Number(line['at']);
      switch (line['kind']) {
        case 'begin': {
          const operation = begun(line, at);
          operations.set(operation.id, operation);
          break;
        }
        case 'end': {
          const operation = operations.get(text(line['operation']));
          const outcome = line['outcome'] as Operation['outcome'];
          if (operation !== undefined) operations.set(operation.id, { ...operation, endedAt: at, outcome });
          break;
        }
        case 'deliver': {
          open.set(line['delivery'], deliveries.length);
          const consumer = text(line['consumer']);
          const count = Number(line['count']);
          deliveries.push({ process: text(line['process']), consumer, count, beganAt: at, endedAt: undefined });
          break;
        }
        case 'delivered': {
          const index = open.get(line['delivery']) ?? -1;
          const delivery = deliveries[index];
          if (delivery !== undefined) deliveries[index] = { ...delivery, endedAt: at };
          break;
        }
        case 'fault': {
          const id = Number(line['fault']);
          const beganAt = faults.get(id)?.beganAt ?? at;
          faults.set(id, { id, form: text(line['form']), target: text(line['target']), beganAt, endedAt: at });
          break;
        }
        case 'call':
          calls.push({ port: text(line['port']), key: text(line['key']) });
          break;
        case 'load':
          load = line['phase'] === 'begin' ? { from: at, to: at } : { ...load, to: at };
      }
    }
  }
  const inOrder = [...faults.values()].sort((a, b) => a.beganAt - b.beganAt);
  return { operations: [...operations.values()], deliveries, faults: inOrder, calls, load, broken };
}

function begun(line: Line, at: number): Operation {
  const accounts = Array.isArray(line['accounts']) ? line['accounts'].map(text) : [];
  return {
    id: text(line['operation']),
    process: text(line['process']),
    form: text(line['form']),
    accounts,
    beganAt: at,
    endedAt: undefined,
    outcome: 'unknown',
  };
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function parse(file: string): { readonly whole: readonly Line[]; readonly broken: number } {
  const lines = file.split('\n');
  // What follows the last newline was not finished when the process ended: it was never promised to be there.
  lines.pop();
  const whole: Line[] = [];
  for (const line of lines) {
    try {
      whole.push(JSON.parse(line) as Line);
    } catch {
      // It is counted below.
    }
  }
  return { whole, broken: lines.length - whole.length };
}
