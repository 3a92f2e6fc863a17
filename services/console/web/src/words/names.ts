const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/**
 * An id as it fits a list: a UUID by its last eight digits, since the first ones of a UUIDv7 are the time and alike;
 * any other id whole up to 24 characters.
 */
export function shortId(id: string): string {
  if (uuid.test(id)) return `…${id.slice(-8)}`;
  return id.length <= 24 ? id : `${id.slice(0, 12)}…${id.slice(-8)}`;
}

/** What a person calls an entity of an aggregate type: `orders.order` → `order`. */
export function nounOf(aggregateType: string): string {
  return aggregateType.slice(aggregateType.lastIndexOf('.') + 1).replaceAll(/[-_]/g, ' ');
}

/** An entity as a sentence calls it: `order …647c3e19`. A record that is no event has none, and is called that. */
export function entityName(of: { readonly aggregateType: string; readonly aggregateId: string }): string {
  return of.aggregateType === '' ? 'record that is no event' : `${nounOf(of.aggregateType)} ${shortId(of.aggregateId)}`;
}

/** The plural of {@link nounOf}: `orders`, `deliveries`. */
export function nounsOf(aggregateType: string): string {
  const noun = nounOf(aggregateType);
  if (/[^aeiou]y$/.test(noun)) return `${noun.slice(0, -1)}ies`;
  return /(?:s|x|ch|sh)$/.test(noun) ? `${noun}es` : `${noun}s`;
}

/** The name of an event without its namespace: `orders.v2.OrderPlaced` → `OrderPlaced`. */
export function eventName(type: string): string {
  return type.slice(type.lastIndexOf('.') + 1);
}

/** What happened, as said after its entity's noun: `OrderPlaced` of an order → `placed`, `StockReserved` → `stock reserved`. */
export function happened(type: string, aggregateType: string): string {
  const words = eventName(type)
    .replaceAll(/([a-z\d])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(' ');
  const saysItsNoun = words.length > 1 && words[0] === nounOf(aggregateType);
  return (saysItsNoun ? words.slice(1) : words).join(' ');
}

/** With a capital at its start. */
export function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** A field's name as a label: `providerReference` → `Provider reference`. */
export function fieldLabel(name: string): string {
  return capital(
    name
      .replaceAll(/([a-z\d])([A-Z])/g, '$1 $2')
      .replaceAll('_', ' ')
      .toLowerCase(),
  );
}
