import type { ReplaySelection } from '@waybill/service/operations';

/** What a person typed; times as an input of the reader's zone gives them, empty for none. */
export interface ReplayFields {
  readonly topic: string;
  readonly types: string;
  readonly aggregateId: string;
  readonly correlationId: string;
  readonly since: string;
  readonly until: string;
}

/** What a replay takes, of what a person typed. What is empty does not restrict. */
export function replaySelectionOf(fields: ReplayFields): ReplaySelection {
  const types = fields.types.split(/[\s,]+/).filter((type) => type !== '');
  const since = timeOf(fields.since);
  const until = timeOf(fields.until);
  return {
    topic: fields.topic,
    ...(types.length === 0 ? {} : { types }),
    ...(fields.aggregateId.trim() === '' ? {} : { aggregateId: fields.aggregateId.trim() }),
    ...(fields.correlationId.trim() === '' ? {} : { correlationId: fields.correlationId.trim() }),
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
  };
}

function timeOf(text: string): string | undefined {
  const date = new Date(text);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}
