export * from './load-mutant.ts';
export * from './mutant.ts';
export * from './consuming.ts';
export * from './publishing.ts';
