import { isDeepStrictEqual } from 'node:util';

interface AsymmetricMatcher {
  asymmetricMatch(actual: unknown): boolean;
}

interface Comparable {
  equals(other: unknown): boolean;
}

/**
 * Whether a value is as expected: plain objects have at least what is expected of them, lists are compared item by item,
 * asymmetric matchers and values that know how to compare themselves (decimals) decide by themselves.
 */
export function isMatch(actual: unknown, expected: unknown): boolean {
  if (isAsymmetric(expected)) return expected.asymmetricMatch(actual);
  if (Array.isArray(expected)) {
    return (
      Array.isArray(actual) &&
      actual.length === expected.length &&
      expected.every((each, index) => isMatch(actual[index], each))
    );
  }
  if (isPlain(expected)) {
    return isObject(actual) && Object.entries(expected).every(([name, value]) => isMatch(actual[name], value));
  }
  if (isComparable(expected)) {
    return actual?.constructor === (expected as object).constructor && expected.equals(actual);
  }
  return isDeepStrictEqual(actual, expected);
}

/** The part of a value that is compared with what is expected, so that a difference shows nothing else. */
export function shapeOf(actual: unknown, expected: unknown): unknown {
  if (!isObject(actual) || !isPlain(expected)) return actual;
  return Object.fromEntries(
    Object.entries(expected).flatMap(([name, value]) =>
      name in actual ? [[name, isMatch(actual[name], value) ? value : shapeOf(actual[name], value)]] : [],
    ),
  );
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isPlain(value: unknown): value is Record<string, unknown> {
  if (!isObject(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

function isAsymmetric(value: unknown): value is AsymmetricMatcher {
  return isObject(value) && typeof value['asymmetricMatch'] === 'function';
}

function isComparable(value: unknown): value is Comparable {
  return isObject(value) && typeof value['equals'] === 'function';
}
