import type { Role } from '../contestants/contestant.ts';
import type { Sample } from '../measures/measure.ts';
import { type Spread, spreadOf } from '../statistics/spread.ts';

/** A figure of a contestant over all rounds. */
export interface Result {
  readonly measure: string;
  readonly contestant: string;
  readonly role: Role;
  readonly unit: string;
  /** By round. */
  readonly values: readonly number[];
  readonly spread: Spread;
  /** What was wrong in any round, each once. */
  readonly flaws: readonly string[];
}

/** What a run measured, by measure and contestant. */
export class Results {
  readonly all: readonly Result[];

  constructor(samples: readonly Sample[]) {
    const groups = Map.groupBy(samples, ({ measure, contestant }) => `${measure}\n${contestant}`);
    this.all = [...groups.values()].flatMap((group) => {
      const [first] = group;
      if (first === undefined) return [];
      const values = group.toSorted((a, b) => a.round - b.round).map(({ value }) => value);
      const flaws = [...new Set(group.flatMap(({ flaw }) => (flaw === undefined ? [] : [flaw])))];
      const { measure, contestant, role, unit } = first;
      return [{ measure, contestant, role, unit, values, spread: spreadOf(values), flaws }];
    });
  }

  of(measure: string): readonly Result[] {
    return this.all.filter((result) => result.measure === measure);
  }

  find(measure: string, contestant: string): Result | undefined {
    return this.all.find((result) => result.measure === measure && result.contestant === contestant);
  }

  /** The rival that does best and whose figures count: it lost nothing and kept the rate. */
  bestRival(measure: string, better: 'higher' | 'lower'): Result | undefined {
    const rivals = this.of(measure).filter(({ role, flaws }) => role === 'rival' && flaws.length === 0);
    const sign = better === 'higher' ? -1 : 1;
    return rivals.toSorted((a, b) => sign * (a.spread.median - b.spread.median))[0];
  }
}
