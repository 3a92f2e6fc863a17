import { appendFileSync, mkdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const directory = fileURLToPath(new URL('../../.waybill/results/', import.meta.url));

/** Where failing seeds are written down. */
export const tracesDirectory = fileURLToPath(new URL('../../.waybill/simulation/', import.meta.url));

/** Tells whoever waits for the simulation how it goes: `waybill test` prints these lines as they come. */
export function tell(line: string): void {
  mkdirSync(directory, { recursive: true });
  appendFileSync(`${directory}simulation.txt`, `${line}\n`);
}

/** A whole number from an environment variable. @throws {Error} when it is none. */
export function numberFrom(name: string): number | undefined {
  const text = process.env[name];
  if (text === undefined || text === '') return undefined;
  if (!/^[1-9]\d{0,14}$/.test(text))
    throw new Error(`${name} is ${JSON.stringify(text)}, and must be a whole number from 1.`);
  return Number(text);
}
