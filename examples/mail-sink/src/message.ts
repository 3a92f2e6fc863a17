/** The parts of a message that the sink shows. */
export interface Message {
  readonly messageId: string;
  readonly subject: string;
  readonly text: string;
}

/** Reads a plain text message (RFC 5322): headers, folded lines included, up to the first empty line, then the text. */
export function readMessage(source: string): Message {
  const end = /\r?\n\r?\n/.exec(source);
  const head = end === null ? source : source.slice(0, end.index);
  const text = end === null ? '' : source.slice(end.index + end[0].length);
  const headers = new Map<string, string>();
  for (const line of head.replaceAll(/\r?\n[ \t]+/g, ' ').split(/\r?\n/)) {
    const colon = line.indexOf(':');
    if (colon > 0) headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
  }
  return { messageId: headers.get('message-id') ?? '', subject: headers.get('subject') ?? '', text };
}
