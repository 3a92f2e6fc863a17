/** An answer was longer than it may be. */
export class AnswerTooLargeError extends Error {
  constructor(maxBytes: number) {
    super(`an answer of more than ${maxBytes} bytes`);
    this.name = 'AnswerTooLargeError';
  }
}

/**
 * The whole body of an answer.
 * @throws {AnswerTooLargeError} as soon as there is more than `maxBytes` of it.
 */
export async function boundedBody(response: Response, maxBytes: number): Promise<Buffer> {
  const body: AsyncIterable<Uint8Array> | null = response.body;
  if (body === null) return Buffer.alloc(0);
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.byteLength;
    if (size > maxBytes) throw new AnswerTooLargeError(maxBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
