export * from './consuming/consumer.ts';
export * from './context.ts';
export * from './consuming/delivery.ts';
export * from './database.ts';
export * from './errors.ts';
export * from './log.ts';
export * from './logger.ts';
export * from './publishing/outbox.ts';
