export * from './murmur2.ts';
export * from './publisher.ts';
export * from './subscriber.ts';
export { StartOffsetError, SubscriptionStalledError, TopicReadError } from './errors.ts';
export * from './topic-reader.ts';
export * from './topics.ts';
export type { KafkaConnection } from './connection.ts';
