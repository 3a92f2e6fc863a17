export * from './environment.ts';
export * from './eventually.ts';
export * from './conformance/inbox-store.ts';
export * from './conformance/outbox-store.ts';
export * from './conformance/publisher.ts';
export * from './conformance/relay-store.ts';
export * from './conformance/subscriber.ts';
export type * from './conformance/store-workbench.ts';
export type * from './conformance/workbench.ts';
