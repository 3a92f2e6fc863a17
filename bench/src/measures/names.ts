/** What can be measured, in the order in which a whole run measures it. It imports nothing, so that a command line can list it. */
export const measureNames = [
  'relay',
  'consume',
  'enqueue',
  'latency',
  'idle',
  'end-to-end',
  'tracing',
  'long-transaction',
  'growth',
  'outage',
  'isolation',
] as const;
export type MeasureName = (typeof measureNames)[number];
