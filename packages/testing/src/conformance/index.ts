export * from './publisher.ts';
export * from './subscriber.ts';
export * from './workbench.ts';
