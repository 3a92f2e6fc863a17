export * from './generated/index.ts';
export { paymentCapturedV1ToV2 } from './payments/upcasters.ts';
