import type { Response } from 'express';

/** A page of a few sentences, for when the client cannot be shown. */
export interface PlainPage {
  readonly status: number;
  readonly title: string;
  readonly sentences: readonly string[];
  /** Where to go on. */
  readonly link?: { readonly href: string; readonly text: string };
}

/** Sends a page without scripts or styles; every text in it is escaped. */
export function sendPage(response: Response, page: PlainPage): void {
  const { status, title, sentences, link } = page;
  const paragraphs = sentences.map((sentence) => `<p>${escaped(sentence)}</p>`).join('\n');
  const onward = link === undefined ? '' : `<p><a href="${escaped(link.href)}">${escaped(link.text)}</a></p>`;
  response
    .status(status)
    .setHeader('Cache-Control', 'no-store')
    .type('html')
    .send(
      `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><title>${escaped(title)}</title></head>
<body><main>
<h1>${escaped(title)}</h1>
${paragraphs}
${onward}
</main></body>
</html>
`,
    );
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (character) => entities[character] ?? '');
}
