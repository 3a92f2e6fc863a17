import type { History } from '../history/history.ts';
import { injectors } from './injectors.ts';
import type { PlannedFault } from './schedule.ts';
import { type FaultStage, until } from './stage.ts';

export interface ScheduleRun {
  readonly stage: FaultStage;
  readonly faults: readonly PlannedFault[];
  readonly history: History;
  /** Called for each fault when it begins and when it is over. */
  readonly onFault: (fault: PlannedFault, phase: 'begin' | 'end', detail: string) => void;
}

/** Does each fault at its time, whatever others are under way; resolves when the last one is over. */
export async function runSchedule({ stage, faults, history, onFault }: ScheduleRun): Promise<void> {
  const underWay: Promise<void>[] = [];
  for (const fault of faults) {
    await until(stage, fault.atMs);
    if (stage.signal.aborted) break;
    underWay.push(inject(fault));
  }
  await Promise.all(underWay);

  async function inject(fault: PlannedFault): Promise<void> {
    const { id, form, target } = fault;
    if (form === 'delivery') return;
    const note = (phase: 'begin' | 'end', detail: string) => {
      history.note({ kind: 'fault', fault: id, form, target, phase, ...(detail === '' ? {} : { detail }) });
      onFault(fault, phase, detail);
    };
    note('begin', '');
    let detail: string;
    try {
      detail = await injectors[form](stage, fault);
    } catch (error) {
      detail = `could not be done: ${error instanceof Error ? error.message : String(error)}`;
    }
    note('end', detail);
  }
}
