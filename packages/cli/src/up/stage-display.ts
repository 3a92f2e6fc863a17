import cliProgress from 'cli-progress';
import type { Screen } from '../terminal/screen.ts';
import type { Stages } from './stages.ts';

const shown = ['placed', 'paid', 'reserved', 'confirmed', 'shipped', 'fulfilled', 'cancelled', 'mailed'] as const;

/** Shows how far the orders have come. */
export interface StageDisplay {
  update(stages: Stages): void;
  end(): void;
}

/** Bars on a terminal; on a pipe a line when something changed, at most every two seconds. */
export function stageDisplay(screen: Screen, orders: number): StageDisplay {
  return screen.terminal ? bars(orders) : lines(screen, orders);
}

function bars(orders: number): StageDisplay {
  const format = '   {stage} {bar} {value}/{total}';
  const all = new cliProgress.MultiBar({ format, hideCursor: true, clearOnComplete: false }, cliProgress.Presets.rect);
  // An order is told twice about at least: when it is confirmed, and when it is fulfilled.
  const bar = new Map(
    shown.map((stage) => [stage, all.create(stage === 'mailed' ? orders * 2 : orders, 0, { stage: stage.padEnd(10) })]),
  );
  return {
    update: (stages) => {
      for (const stage of shown) bar.get(stage)?.update(stages[stage]);
    },
    end: () => all.stop(),
  };
}

function lines(screen: Screen, orders: number): StageDisplay {
  let printedAt = Number.NEGATIVE_INFINITY;
  let pending: Stages | undefined;
  const print = (stages: Stages) => {
    printedAt = performance.now();
    pending = undefined;
    screen.line(`   of ${orders}: ${shown.map((stage) => `${stage} ${stages[stage]}`).join(', ')}`);
  };
  return {
    update: (stages) => {
      pending = stages;
      if (performance.now() - printedAt >= 2000) print(stages);
    },
    end: () => {
      if (pending !== undefined) print(pending);
    },
  };
}
