export * from './campaign/explain.ts';
export * from './campaign/run-seeds.ts';
export * from './campaign/shrink.ts';
export * from './plan/make-plan.ts';
export * from './plan/plan.ts';
export * from './simulate.ts';
