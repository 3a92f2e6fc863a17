import type { Role } from '@waybill/messaging';
import type { ServiceAnswer } from '../domain/answers.ts';

/** In whose name a service is asked. */
export interface Asker {
  readonly id: string;
  readonly roles: readonly Role[];
}

/** A question that all services are asked. */
export interface Question<T> {
  readonly asker: Asker;
  /** Below `/ops/v1/`: `failures`. */
  readonly path: string;
  readonly query: (service: string) => URLSearchParams;
  /** Milliseconds that the answer may take; 3,000 when left out. */
  readonly withinMs?: number;
  /** The part of the answer that is relied on. @throws when it is not as agreed. */
  readonly parse: (answer: unknown) => T;
}

/** The services that the console looks at. */
export interface Services {
  readonly names: readonly string[];
  /** Asks one service, within a time limit; never rejects. */
  ask<T>(service: string, question: Question<T>): Promise<ServiceAnswer<T>>;
}

/** Asks every service, or those named, at the same time. */
export function askEach<T>(
  services: Services,
  question: Question<T>,
  names: readonly string[] = services.names,
): Promise<readonly ServiceAnswer<T>[]> {
  return Promise.all(names.map((service) => services.ask(service, question)));
}

/** A question without parameters. */
export const noQuery = (): URLSearchParams => new URLSearchParams();
