/** What turns an answer into its type, or throws. */
export interface Shape<T> {
  parse(value: unknown): T;
}

/** An answer that is a list under a name: `{ "jobs": […] }`. */
export function listIn<T>(name: string, of: Shape<T>): Shape<readonly T[]> {
  return {
    parse(value) {
      const list: unknown = typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
      if (!Array.isArray(list)) throw new TypeError(`the answer has no ${name}`);
      return list.map((item) => of.parse(item));
    },
  };
}
