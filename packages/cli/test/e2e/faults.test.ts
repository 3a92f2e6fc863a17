import { afterAll, beforeAll } from 'vitest';
import { badInput } from './faults/bad-input.ts';
import { longTransaction } from './faults/long-transaction.ts';
import { serversAway } from './faults/servers-away.ts';
import { zombies } from './faults/zombies.ts';
import { type RunningSample, startSample } from './running-sample.ts';

// One sample for all of them, since starting it takes longer than most of what is tried on it.
let sample: RunningSample | undefined;
const running = (): RunningSample => {
  if (sample === undefined) throw new Error('The sample did not start.');
  return sample;
};
beforeAll(async () => {
  sample = await startSample();
}, 180_000);
afterAll(async () => sample?.stop(), 60_000);

longTransaction(running);
badInput(running);
serversAway(running);
zombies(running);
