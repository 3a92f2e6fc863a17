import type { DataChange } from '../data-diff.ts';
import type { Colours } from './colours.ts';
import { printable } from './printable.ts';

/** The changes for people: what was there with `-`, what is there now with `+`. */
export function diffLines(changes: readonly DataChange[], colours: Colours): readonly string[] {
  if (changes.length === 0) return [colours.dim('nothing is different')];
  return changes.flatMap(({ path, before, after }) => {
    const name = path === '' ? 'the data' : printable(path);
    return [
      ...(before === undefined ? [] : [colours.red(`- ${name}: ${asText(before)}`)]),
      ...(after === undefined ? [] : [colours.green(`+ ${name}: ${asText(after)}`)]),
    ];
  });
}

function asText(value: unknown): string {
  return printable(JSON.stringify(value));
}
