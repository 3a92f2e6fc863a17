import type { ConsumerDefinition } from '../consuming/consumer.ts';

/** The name under which a generation's state is stored, which no consumer can have: `notifications.contacts@2`. */
export function generationName(consumer: string, number: number): string {
  return `${consumer}@${number}`;
}

/** Why a consumer cannot be rebuilt, whatever its tables are; undefined when it can. */
export function whyNotRebuilt({ name, kind, handlers, tables }: ConsumerDefinition): string | undefined {
  if (kind !== 'projection') {
    return `${name} is a reaction. What it did is done; publish an event that makes it good, or replay what it has not handled.`;
  }
  const external = handlers.find((entry) => entry.external !== undefined);
  if (external !== undefined) {
    return `${name} calls the outside for ${external.contract.name}. A rebuild would call it again for each event; move the call to a reaction.`;
  }
  if (tables.length === 0) {
    return `${name} does not say which tables it writes. Declare them as "tables" in its definition, deploy that, and try again.`;
  }
  return undefined;
}

/** A projection as its generation runs: under its own stored name, in nobody's trace, and the same in all else. */
export function generationOf(definition: ConsumerDefinition, name: string): ConsumerDefinition {
  return { ...definition, name, tracing: 'none' };
}
