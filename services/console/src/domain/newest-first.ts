/** Items of several services as one list, each with its service, the newest first; equal times keep their order. */
export function newestFirst<T>(
  lists: readonly { readonly service: string; readonly items: readonly T[] }[],
  timeOf: (item: T) => string,
): readonly (T & { readonly service: string })[] {
  return lists
    .flatMap(({ service, items }) => items.map((item) => ({ ...item, service })))
    .sort((one, other) => Date.parse(timeOf(other)) - Date.parse(timeOf(one)));
}
