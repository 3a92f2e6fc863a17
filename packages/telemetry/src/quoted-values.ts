/**
 * A database's message without the value that it quotes (`invalid input syntax for type uuid: "…"`, `value "…" is out
 * of range`): it is somebody's data. Names of columns and relations, which are quoted too, stay.
 */
export function withoutQuotedValues(text: string): string {
  return text.replace(/(: |\bvalue )"[\s\S]*"/, '$1[value]');
}
