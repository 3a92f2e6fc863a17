import { parentPort, workerData } from 'node:worker_threads';
import { loadMutant } from '../../../src/mutants/load-mutant.ts';
import type { Mutant } from '../../../src/mutants/mutant.ts';

const wasLoaded = loadMutant(workerData as Mutant);
const { shareOut } = await import('@waybill/messaging');
const leases = [0, 1].map((shard) => ({ shard, owner: undefined }));
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread's port has no origin
parentPort?.postMessage([wasLoaded(), shareOut('a', ['b'], leases).claim]);
