/**
 * What a list of overviews comes to for one who looks at it: equal texts mean that nothing changed that is worth a
 * redraw. The time at which a service answered and the ids of a failed request differ each time, so they do not count;
 * a lag counts in whole seconds.
 */
export function substanceOf(overviews: readonly unknown[]): string {
  return JSON.stringify(overviews, (key, value: unknown) => {
    if (key === 'at' || key === 'correlationId' || key === 'instance') return undefined;
    return key === 'lagMs' && typeof value === 'number' ? Math.round(value / 1_000) : value;
  });
}
