/**
 * A database's message without the value that it quotes (`invalid input syntax for type uuid: "…"`, `value "…" is out
 * of range`): it is somebody's data. Names of columns and relations, which are quoted too, stay.
 */
export function withoutQuotedValues(text: string): string {
  return text.replace(/(: |\bvalue )"[\s\S]*"/, '$1[value]');
}

/**
 * A query, or an address with one, without the values in it: `?code=…&state=…` has a login's secrets, and any other may
 * hold what somebody searched for. The names stay.
 */
export function withoutQueryValues(text: string): string {
  const at = text.indexOf('?');
  const [before, query] =
    at < 0 && /^[a-z]+:\/\/|^\//i.test(text) ? [text, ''] : [text.slice(0, at + 1), text.slice(at + 1)];
  return before + query.replace(/=[^&#]*/g, '=…');
}
