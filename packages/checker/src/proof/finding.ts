import type { Finding } from '../finding.ts';
import type { Facts } from './facts.ts';

/** A pure check over what a run of `waybill prove` left behind; it answers every violation that it sees. */
export type ProofCheck = (facts: Facts) => readonly ProofFinding[];

/** One violation of a promise, with the ids of what violates it. */
export interface ProofFinding extends Omit<Finding, 'promise'> {
  readonly promise: 'I1' | 'I2' | 'I3' | 'I4' | 'I5' | 'I6' | 'I8' | 'I10';
}
