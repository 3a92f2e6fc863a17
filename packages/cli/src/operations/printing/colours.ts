import pc from 'picocolors';

/** How text is marked; on a pipe all of it does nothing. */
export type Colours = ReturnType<typeof pc.createColors>;

export function coloursFor(where: 'terminal' | 'pipe'): Colours {
  return pc.createColors(where === 'terminal' && process.env['NO_COLOR'] === undefined);
}

/** `1 event`, `2 events`. */
export function counted(count: number, one: string, many = `${one}s`): string {
  return `${count.toLocaleString('en')} ${count === 1 ? one : many}`;
}
