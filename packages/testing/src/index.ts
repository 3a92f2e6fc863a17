export * from './environment.ts';
export * from './conformance/publisher.ts';
export * from './conformance/subscriber.ts';
export type * from './conformance/workbench.ts';
