import type { TraceContext } from './envelope.ts';

const traceparent = /^[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;
const noTraceId = '0'.repeat(32);
const noSpanId = '0'.repeat(16);
const visibleAscii = /^[\u0020-\u007e]+$/;

/** W3C Trace Context, 3.3.1.5: 512 characters should be passed on. */
const maxTracestate = 512;
/** W3C Baggage, 3.3.2. */
const maxBaggage = 8192;

/** What of a trace context is well formed and of a bearable size. A tracestate without a traceparent means nothing. */
export function validTrace(trace: TraceContext): TraceContext {
  const parent = keptParent(trace.traceparent);
  const state = parent === undefined ? undefined : kept(trace.tracestate, maxTracestate, visibleAscii);
  const baggage = kept(trace.baggage, maxBaggage, visibleAscii);
  const valid: { -readonly [name in keyof TraceContext]: string } = {};
  if (parent !== undefined) valid.traceparent = parent;
  if (state !== undefined) valid.tracestate = state;
  if (baggage !== undefined) valid.baggage = baggage;
  return valid;
}

/** Version 255 is none, and so is an id of zeros. */
function keptParent(value: string | undefined): string | undefined {
  const parent = kept(value, 55, traceparent);
  if (parent === undefined || parent.startsWith('ff')) return undefined;
  return parent.startsWith(noTraceId, 3) || parent.startsWith(noSpanId, 36) ? undefined : parent;
}

function kept(value: string | undefined, maxLength: number, pattern: RegExp): string | undefined {
  return value !== undefined && value.length <= maxLength && pattern.test(value) ? value : undefined;
}
