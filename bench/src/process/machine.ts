import { readFileSync } from 'node:fs';
import { usageOf } from './usage.ts';

const TICKS_PER_SECOND = 100;

/** Tells how much of the machine was busy with what is not the bench, so that a disturbed figure shows as one. */
export class MachineWatch {
  readonly #busy = busySeconds();
  readonly #own = usageOf(process.pid).cpuSeconds;
  readonly #since = performance.now();

  /** The share (0 to 1) of one core, since this watch began, that other processes had. 0 where `/proc` is not there. */
  otherCores(): number {
    const seconds = (performance.now() - this.#since) / 1_000;
    const busy = busySeconds() - this.#busy;
    const own = usageOf(process.pid).cpuSeconds - this.#own;
    return Math.max(0, (busy - own) / seconds);
  }
}

/** All time that the machine's cores were not idle (proc(5), /proc/stat), time stolen by the host included. */
function busySeconds(): number {
  try {
    const [first = ''] = readFileSync('/proc/stat', 'utf8').split('\n');
    const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = first
      .split(/\s+/)
      .slice(1)
      .map(Number);
    return (user + nice + system + irq + softirq + steal) / TICKS_PER_SECOND;
  } catch {
    return 0;
  }
}
