export * from './load-mutant.ts';
export * from './mutant.ts';
