import { loadMutant } from '@waybill/testing/mutants';
import { patches } from './patches.ts';

/**
 * Preloaded into a process of the workload, it puts the mistake that `WAYBILL_PATCH` names into the source. Without that it
 * does nothing.
 */
for (const mutant of patches[process.env['WAYBILL_PATCH'] ?? ''] ?? []) loadMutant(mutant);
