import type { FailureGroup } from '@waybill/service/operations';
import type { Extent } from '../outcome.ts';
import { type Colours, counted } from './colours.ts';
import { ago } from './duration.ts';
import { printableParts } from './printable.ts';
import type { View } from './view.ts';

/** A group of failures, and the service that has it. */
export type GroupRow = FailureGroup & { readonly service: string };

/** Groups of several services, worst first: what is dead and holds others up, then what is tried again, then the newest. */
export function mergedGroups(groups: readonly GroupRow[]): readonly GroupRow[] {
  return groups.toSorted(
    (a, b) =>
      b.dead + b.blockedEvents - (a.dead + a.blockedEvents) ||
      b.retrying - a.retrying ||
      Date.parse(b.lastAt) - Date.parse(a.lastAt) ||
      a.fingerprint.localeCompare(b.fingerprint),
  );
}

const bars = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;

/** A picture of counts, each as high as its share of the highest; nothing is a dot. */
export function sparkline(counts: readonly number[]): string {
  const highest = Math.max(0, ...counts);
  return counts
    .map((count) => (count <= 0 ? '·' : (bars[Math.ceil((count / highest) * bars.length) - 1] ?? '█')))
    .join('');
}

/** The groups for people: what failed where, how much of it, and what it holds up. */
export function groupLines(groups: readonly GroupRow[], extent: Extent, view: View): readonly string[] {
  if (groups.length === 0) return nothingLines[extent](view.colours);
  return printableParts(groups).flatMap((group, index) => [...(index === 0 ? [] : ['']), ...linesOf(group, view)]);
}

const nothingLines: Readonly<Record<Extent, (colours: Colours) => readonly string[]>> = {
  everything: (colours) => [
    colours.green('Nothing has failed.'),
    colours.dim('Failures of the same kind would be here, worst first.'),
  ],
  'a selection': () => ['No failure fits this.'],
  'of those that answered': () => ['Nothing has failed in the services that answered.'],
};

function linesOf(group: GroupRow, { colours, now }: View): readonly string[] {
  const { service, consumer, fingerprint, errorType, errorCode, message, types, hours } = group;
  const { entries, dead, retrying, blockedEntities, blockedEvents, firstAt, lastAt } = group;
  const states = [
    ...(dead > 0 ? [colours.red(`${dead} dead`)] : []),
    ...(retrying > 0 ? [colours.yellow(`${retrying} retrying`)] : []),
  ];
  const held =
    blockedEvents > 0
      ? `; ${counted(blockedEvents, 'event')} of ${counted(blockedEntities, 'entity', 'entities')} behind`
      : '';
  return [
    `${colours.bold(message)} ${colours.dim(`${errorType} [${errorCode}]`)}`,
    `  ${consumer} (${service}), ${counted(entries, 'entry', 'entries')}: ${states.join(', ')}${held}`,
    `  ${types.join(', ')}`,
    `  first ${ago(firstAt, now)}, last ${ago(lastAt, now)}  ${sparkline(hours)} ${colours.dim('24 h')}`,
    colours.dim(`  ./waybill parked ls --service ${service} --consumer ${consumer} --fingerprint ${fingerprint}`),
  ];
}
