import { AssertionError } from 'node:assert';
import { isMatch, shapeOf } from './matching.ts';
import type { Expectation, Outcome, ParkedOutcome, PublishedEvent, Row } from './outcome.ts';
import type { SpecifiedEvent } from './specified-event.ts';

/** What happened is not what was expected. Test runners show the difference between `actual` and `expected`. */
export class SpecificationError extends AssertionError {
  readonly showDiff = true;

  constructor(what: string, actual: unknown, expected: unknown) {
    super({ message: what, actual, expected, operator: 'specification' });
    this.name = 'SpecificationError';
  }
}

/** @throws {SpecificationError} for the first thing that differs. */
export function requireOutcome(outcome: Outcome, expected: Expectation): void {
  // First, since an event that could not be handled explains what else is missing.
  compareLists('The parked events', outcome.parked, expected.parked ?? [], describeParked);
  if (expected.published !== undefined) {
    compareLists('The published events', outcome.published, expected.published.map(expectedEvent), describePublished);
  }
  if (expected.skipped !== undefined) compareLists('The skipped deliveries', outcome.skipped, expected.skipped);
  for (const [source, rows] of Object.entries(expected.rows ?? {})) {
    const actual = outcome.rows[source] ?? [];
    compareLists(`The rows of ${source}`, isTable(source) ? inTheOrderOf(rows, actual) : actual, rows);
  }
}

/** Whether rows are asked for by a table's name, and not by a query. */
export function isTable(source: string): boolean {
  return /^[a-z_][\w$]*$/i.test(source);
}

function compareLists<TActual>(
  what: string,
  actual: readonly TActual[],
  expected: readonly unknown[],
  describe: (each: TActual) => string = (each) => JSON.stringify(each),
): void {
  if (actual.length === expected.length && actual.every((each, index) => isMatch(each, expected[index]))) return;
  const found = actual.length === 0 ? 'there are none' : actual.map((each) => describe(each)).join('; ');
  throw new SpecificationError(
    `${what} are not the ${expected.length} expected: ${found}`,
    actual.map((each, index) => shapeOf(each, expected[index])),
    expected,
  );
}

function expectedEvent({ contract, fields }: SpecifiedEvent): Partial<PublishedEvent> {
  const { time: _, ...compared } = fields;
  return { type: contract.name, ...compared };
}

function describePublished({ type, aggregateId, version }: PublishedEvent): string {
  return `${type} of ${aggregateId}, version ${version}`;
}

function describeParked({ consumer, type, aggregateId, version, reason, attempts, error }: ParkedOutcome): string {
  const why = error === undefined ? '' : ` after ${attempts} attempts: ${error}`;
  return `${type} of ${aggregateId}, version ${version}, is parked by ${consumer} as ${reason}${why}`;
}

/** The actual rows so that those that match an expected one stand where that does. */
function inTheOrderOf(expected: readonly Row[], actual: readonly Row[]): readonly Row[] {
  const left = [...actual];
  const matching = expected.map((each) => {
    const at = left.findIndex((row) => isMatch(row, each));
    return at < 0 ? undefined : left.splice(at, 1)[0];
  });
  return matching
    .map((row) => row ?? left.shift())
    .filter((row) => row !== undefined)
    .concat(left);
}
