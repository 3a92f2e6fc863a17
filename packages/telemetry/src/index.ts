export * from './correlation.ts';
export { startTelemetry, stopTelemetry, telemetryStarted } from './sdk.ts';
export type { TelemetryOptions } from './sdk.ts';
export { instrumentations, isProbePath } from './instrumentations.ts';
export { maskPersonal, masked } from './personal.ts';
export { loggedError } from './logged-error.ts';
export type { LoggedError } from './logged-error.ts';
export { createLogger } from './logger.ts';
export type { LoggerOptions, LogLevel } from './logger.ts';
