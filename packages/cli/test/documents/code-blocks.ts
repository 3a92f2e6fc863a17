/** A fenced block of a Markdown page. */
export interface CodeBlock {
  readonly language: string;
  readonly text: string;
}

/** The fenced blocks of a page, in their order. */
export function codeBlocks(markdown: string): readonly CodeBlock[] {
  return [...markdown.matchAll(/^```(\w*)\n(.*?)^```$/gms)].map(([, language = '', text = '']) => ({ language, text }));
}

/** The blocks that say in their first line which file they are (`// publish.ts`), by that name. */
export function namedBlocks(markdown: string): ReadonlyMap<string, string> {
  const named = new Map<string, string>();
  for (const { text } of codeBlocks(markdown)) {
    const name = /^(?:\/\/|--) ([\w.-]+)\n/.exec(text)?.[1];
    if (name !== undefined) named.set(name, text);
  }
  return named;
}
