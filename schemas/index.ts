export * from './generated/index.ts';
export { operationalFacts } from './operations/facts.ts';
export { paymentCapturedV1ToV2 } from './payments/upcasters.ts';
