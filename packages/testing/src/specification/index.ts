export { atProducer, event, type SpecifiedEvent, type WithheldEvent } from './specified-event.ts';
export { SpecificationError } from './expectation.ts';
export type { Expectation, Outcome, ParkedOutcome, PublishedEvent } from './outcome.ts';
export {
  specification,
  type Given,
  type Specification,
  type SpecificationOptions,
  type When,
} from './specification.ts';
