/** An audit entry, as far as its place in a list hangs on it. */
export interface AuditItem {
  readonly seq: number;
  readonly at: string;
}

/** A service's entries, the newest first, from where its place was. */
export interface AuditPart<T extends AuditItem> {
  readonly service: string;
  readonly entries: readonly T[];
  /** Whether it has older ones. */
  readonly more: boolean;
}

/** How far each service's trail has been shown: the number of the last entry, or that there is no older one. */
export type AuditPlaces = Readonly<Record<string, number | 'end'>>;

/**
 * A page of the trails of several services as one list, the newest first, and the places from which the next page goes
 * on: nothing is shown twice or left out, although each service counts for itself. A service of which no part is given
 * keeps its place, so that it is shown once it answers again.
 */
export function auditPage<T extends AuditItem>(
  parts: readonly AuditPart<T>[],
  before: AuditPlaces,
  limit: number,
): { readonly entries: readonly (T & { readonly service: string })[]; readonly next: AuditPlaces | undefined } {
  const entries = merged(parts).slice(0, limit);
  const places: Record<string, number | 'end'> = { ...before };
  for (const { service, entries: offered, more } of parts) {
    const shown = entries.filter((entry) => entry.service === service);
    const last = shown.at(-1)?.seq;
    if (shown.length === offered.length && !more) places[service] = 'end';
    else if (last !== undefined) places[service] = last;
  }
  const open = parts.some(({ service }) => places[service] !== 'end');
  return { entries, next: open ? places : undefined };
}

// A trail's own order comes first: its numbers count, and a clock that was set back must not reorder what they order.
function merged<T extends AuditItem>(parts: readonly AuditPart<T>[]): readonly (T & { readonly service: string })[] {
  return parts
    .flatMap(({ service, entries }) => {
      let time = Number.POSITIVE_INFINITY;
      return entries.map((entry) => {
        time = Math.min(time, Date.parse(entry.at));
        return { time, entry: { ...entry, service } };
      });
    })
    .sort((one, other) => other.time - one.time)
    .map(({ entry }) => entry);
}

/** Places as one word of an address: `orders.120~payments.end`. */
export function wordOf(places: AuditPlaces): string {
  return Object.entries(places)
    .map(([service, place]) => `${service}.${place}`)
    .join('~');
}

/** The places that a word stands for; undefined when it is none of {@link wordOf}. */
export function placesOf(word: string): AuditPlaces | undefined {
  const places: Record<string, number | 'end'> = {};
  for (const part of word.split('~')) {
    const [, service, place] = /^([a-z][a-z0-9-]*)\.(end|\d{1,15})$/.exec(part) ?? [];
    if (service === undefined || place === undefined) return undefined;
    places[service] = place === 'end' ? 'end' : Number(place);
  }
  return places;
}
