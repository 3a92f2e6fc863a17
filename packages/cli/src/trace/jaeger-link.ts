const hourMs = 3_600_000;

/** The page of Jaeger that shows everything with a correlation id, looking back as far as `since`. */
export function jaegerSearch(
  jaegerUrl: string,
  { service, correlationId, since, now }: { service: string; correlationId: string; since: Date; now: Date },
): string {
  const hours = Math.max(1, Math.ceil((now.getTime() - since.getTime()) / hourMs));
  const query = new URLSearchParams({
    service,
    lookback: `${hours}h`,
    limit: '20',
    tags: JSON.stringify({ 'correlation.id': correlationId }),
  });
  return `${jaegerUrl}/search?${query.toString()}`;
}
