import { diffLines } from 'diff';

export interface DiffLine {
  readonly change: 'same' | 'added' | 'removed';
  readonly text: string;
}

/** How two versions of an event's data differ, line by line of their JSON; the keys keep the order of the first. */
export function dataDiff(before: unknown, after: unknown): readonly DiffLine[] {
  return diffLines(lines(before), lines(inOrderOf(before, after))).flatMap((part) => {
    const change = part.added ? 'added' : part.removed ? 'removed' : 'same';
    return part.value
      .replace(/\n$/, '')
      .split('\n')
      .map((text): DiffLine => ({ change, text }));
  });
}

/** Lines that differ, each with what is around it; a gap is where lines were left out. */
export function withContext(diff: readonly DiffLine[], around = 3): readonly (DiffLine | 'gap')[] {
  const kept = diff.map((_, index) => diff.slice(Math.max(0, index - around), index + around + 1).some(isChange));
  return diff.flatMap((line, index): (DiffLine | 'gap')[] => {
    if (kept[index] === true) return [line];
    return index === 0 || kept[index - 1] === true ? ['gap'] : [];
  });
}

/** Whether anything differs. */
export function hasChanges(diff: readonly DiffLine[]): boolean {
  return diff.some(isChange);
}

function isChange(line: DiffLine): boolean {
  return line.change !== 'same';
}

function lines(value: unknown): string {
  return `${JSON.stringify(value, undefined, 2) ?? ''}\n`;
}

/** The value with its keys where the model has them, so that only what differs shows. */
function inOrderOf(model: unknown, value: unknown): unknown {
  if (Array.isArray(model) && Array.isArray(value)) {
    return value.map((item: unknown, index) => inOrderOf(model[index], item));
  }
  if (!isObject(model) || !isObject(value)) return value;
  const names = [...Object.keys(model).filter((name) => name in value), ...Object.keys(value)];
  return Object.fromEntries([...new Set(names)].map((name) => [name, inOrderOf(model[name], value[name])]));
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
