import { readdirSync, readFileSync } from 'node:fs';

/** What a process, with all that it started, has used so far. */
export interface Usage {
  /** User and system time. */
  readonly cpuSeconds: number;
  /** Resident memory now, in MB (10^6 bytes). */
  readonly rssMb: number;
  /** The sum of each process's own peak, in MB. */
  readonly peakRssMb: number;
}

const TICKS_PER_SECOND = 100;
const PAGE_BYTES = 4096;

/** Reads `/proc` for a process and its descendants (proc(5)). Zero where there is no such process. */
export function usageOf(pid: number): Usage {
  let ticks = 0;
  let pages = 0;
  let peakKb = 0;
  for (const each of withDescendants(pid)) {
    const stat = statOf(each);
    if (stat === undefined) continue;
    ticks += stat.ticks;
    pages += stat.pages;
    peakKb += peakOf(each);
  }
  return { cpuSeconds: ticks / TICKS_PER_SECOND, rssMb: (pages * PAGE_BYTES) / 1e6, peakRssMb: (peakKb * 1024) / 1e6 };
}

interface Stat {
  readonly parent: number;
  readonly ticks: number;
  readonly pages: number;
}

/** The command's name, in parentheses, may itself hold spaces and parentheses: fields count from after it. */
export function parseStat(text: string): Stat {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const field = (index: number): number => Number(fields[index] ?? 0);
  // Times of children that ended and were waited for (cutime, cstime) count too.
  return { parent: field(1), ticks: field(11) + field(12) + field(13) + field(14), pages: field(21) };
}

function statOf(pid: number): Stat | undefined {
  try {
    return parseStat(readFileSync(`/proc/${pid}/stat`, 'utf8'));
  } catch {
    return undefined;
  }
}

function peakOf(pid: number): number {
  try {
    return Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0);
  } catch {
    return 0;
  }
}

function withDescendants(pid: number): readonly number[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue;
    const stat = statOf(Number(name));
    if (stat !== undefined) parents.set(Number(name), stat.parent);
  }
  const tree = [pid];
  for (const each of tree) {
    for (const [child, parent] of parents) if (parent === each) tree.push(child);
  }
  return tree;
}
