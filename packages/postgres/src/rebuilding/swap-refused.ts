import { WaybillError } from '@waybill/messaging';

/** The two generations are not at the same place, or the world moved while they were prepared. Nothing was done; try again. */
export class SwapRefusedError extends WaybillError {
  constructor(problem: string) {
    super('rebuild.not-swapped', `${problem} Nothing was swapped; it is tried again.`);
  }
}
