import type { RequestHandler } from 'express';
import type { HealthPart } from '../http/health.ts';
import { problem } from '../http/problem.ts';

/** Keeps requests out while the service starts or stops; probes are answered all the while. */
export interface ReadinessGate {
  readonly part: HealthPart;
  readonly middleware: RequestHandler;
  open(): void;
  close(reason: string): void;
}

export function untilReady(): ReadinessGate {
  let reason: string | undefined = 'is starting';
  return {
    part: { name: 'service', dead: () => undefined, notReady: () => reason },
    middleware(_request, _response, next) {
      if (reason === undefined) next();
      else {
        next(
          problem(503, {
            code: 'http.not-ready',
            detail: `The service ${reason}. Try again shortly.`,
            headers: { 'Retry-After': '1' },
          }),
        );
      }
    },
    open() {
      reason = undefined;
    },
    close(why) {
      reason = why;
    },
  };
}
