export * from './contract.ts';
export * from './envelope.ts';
