import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type FailureChange, type FailureState, latestChanges } from '../../src/domain/failure-facts.ts';

const at = (second: number) => new Date(Date.UTC(2026, 10, 27, 12, 0, second));

function change(place: number, state: FailureState, eventId = 'e-1'): FailureChange {
  const failure = {
    ...{ errorType: 'E', errorCode: 'e', message: `at ${place}`, fingerprint: 'f', holdsEntity: true, parkedId: '1' },
    ...{ topic: 't', partition: 0, offset: '1', occurredAt: at(0) },
  };
  return {
    event: {
      ...{ service: 'orders', consumer: 'orders.payments', eventId, version: 1, type: 'T', aggregateType: 'a' },
      ...{ aggregateId: 'i', tenant: '', correlationId: undefined },
    },
    ...{ state, at: at(place), place, attempts: place },
    failure: state === 'dead' || state === 'retrying' ? failure : undefined,
  };
}

describe('the changes of a batch', () => {
  it('are one for each event: its latest, with the error of the last failure and the time of the first', () => {
    const changes = [change(1, 'retrying'), change(2, 'dead'), change(3, 'redriven'), change(1, 'dead', 'e-2')];
    expect(latestChanges(changes)).toMatchObject([
      { state: 'redriven', place: 3, redrives: 1, firstAt: at(1), at: at(3), failure: { message: 'at 2' } },
      { state: 'dead', place: 1, redrives: 0, event: { eventId: 'e-2' } },
    ]);
  });

  it('do not hang on the order in which they came', () => {
    const states = fc.constantFrom<FailureState>('retrying', 'dead', 'redriven', 'recovered', 'skipped');
    const story = fc
      .array(states, { minLength: 1, maxLength: 8 })
      .map((all) => all.map((one, index) => change(index, one)));
    const shuffled = story.chain((all) =>
      fc.tuple(fc.constant(all), fc.shuffledSubarray([...all], { minLength: all.length, maxLength: all.length })),
    );
    fc.assert(
      fc.property(shuffled, ([inOrder, mixed]) => {
        expect(latestChanges(mixed)).toEqual(latestChanges(inOrder));
      }),
    );
  });
});
