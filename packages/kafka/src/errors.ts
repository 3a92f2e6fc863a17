import { CannotFollowError, WaybillError } from '@waybill/messaging';

/** `assigned` gave a start that the log does not have, or none; thrown out of {@link Subscription.ended}. */
export class StartOffsetError extends CannotFollowError {
  readonly topic: string;
  readonly partition: number;

  constructor(topic: string, partition: number, problem: string) {
    super(
      'log.start-offset',
      `Reading ${topic}, partition ${partition}, cannot begin: ${problem}. Decide where this consumer goes on from, and store that position.`,
    );
    this.topic = topic;
    this.partition = partition;
  }
}

/** The client gave no sign of life for too long, and is rebuilt. */
export class SubscriptionStalledError extends WaybillError {
  constructor(group: string, silentMs: number) {
    super(
      'log.subscription-stalled',
      `The client of group ${group} gave no sign of life for ${silentMs} ms; it is rebuilt.`,
    );
  }
}

/** Reading a topic to its end stopped before the end; begin again. */
export class TopicReadError extends WaybillError {
  readonly topic: string;

  constructor(topic: string, problem: string, options?: ErrorOptions) {
    super(
      'log.topic-read',
      `Reading ${topic} to its end failed: ${problem}. Read it again from the beginning.`,
      options,
    );
    this.topic = topic;
  }
}

/** Reading a part of a topic stopped before its end; go on from the last record that came. */
export class TopicRangeReadError extends WaybillError {
  readonly topic: string;

  constructor(topic: string, problem: string, options?: ErrorOptions) {
    super(
      'log.range-read',
      `Reading a part of ${topic} failed: ${problem}. Read on from the last record that came.`,
      options,
    );
    this.topic = topic;
  }
}
