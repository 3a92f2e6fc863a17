import type { ProgressStep } from './environment.ts';

/** One step as a line for people: `kafka ready 127.0.0.1:19092`, `Kafka 12.3 of 56.4 MB`. */
export function describeStep(step: ProgressStep): string {
  if (step.kind === 'state') return [step.component, step.state, step.detail ?? ''].join(' ').trimEnd();
  return `${step.what} ${megabytes(step.receivedBytes)} of ${megabytes(step.totalBytes)} MB`;
}

function megabytes(bytes: number): string {
  return (bytes / 1_000_000).toFixed(1);
}
