import { installedVersion, internal, replacedVersion } from './internals.ts';

interface RequestQueue {
  readonly pending: readonly unknown[];
  readonly throttledUntil: number;
  scheduleCheckPendingRequests(): void;
}

let isReplaced = false;

/**
 * Stops kafkajs's request queue from arming a timer when it has nothing to look at: with no throttling it computes a
 * timeout of minus fifty years, which Node makes 1 ms, so that every idle connection wakes up a thousand times a second.
 */
export function replaceIdleSpin(): void {
  if (isReplaced || installedVersion() !== replacedVersion) return;
  isReplaced = true;
  const queue = requestQueuePrototype();
  const schedule = queue.scheduleCheckPendingRequests;
  queue.scheduleCheckPendingRequests = function scheduleWhenThereIsSomething(this: RequestQueue): void {
    if (this.pending.length === 0 && this.throttledUntil <= Date.now()) return;
    schedule.call(this);
  };
}

export function requestQueuePrototype(): RequestQueue {
  const type = internal('network/requestQueue/index.js');
  const prototype: unknown = typeof type === 'function' ? type.prototype : undefined;
  if (!isRequestQueue(prototype)) throw new Error('kafkajs no longer has the request queue that is replaced here.');
  return prototype;
}

function isRequestQueue(value: unknown): value is RequestQueue {
  return (
    typeof value === 'object' &&
    value !== null &&
    typeof Reflect.get(value, 'scheduleCheckPendingRequests') === 'function'
  );
}
