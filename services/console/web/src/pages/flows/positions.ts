/** Where a partition is read from again. */
export interface Position {
  readonly partition: number;
  /** Decimal text, since it may pass 2^53. */
  readonly offset: string;
}

/** Reads positions, one on each line: `3 120450`. Undefined when there is none, or a line is not one, or one comes twice. */
export function positionsOf(text: string): readonly Position[] | undefined {
  const lines = text
    .split('\n')
    .map((line) => line.trim())
    .filter((line) => line !== '');
  const positions = lines.flatMap((line) => {
    const [, partition, offset] = /^(\d{1,6})[\s,:=]+(\d{1,19})$/.exec(line) ?? [];
    return partition === undefined || offset === undefined ? [] : [{ partition: Number(partition), offset }];
  });
  const isWhole = positions.length > 0 && positions.length === lines.length;
  return isWhole && new Set(positions.map(({ partition }) => partition)).size === positions.length
    ? positions
    : undefined;
}
