import { PauseError, RetryableError } from '@waybill/messaging';

/** The world outside, as the office knows it. */
export interface OutsideClient {
  /**
   * Has something done under a key.
   * @throws RetryableError when the outside says that it did nothing.
   */
  call(port: 'notices' | 'letters', key: string, signal: AbortSignal): Promise<{ readonly answer: string }>;
}

export function outsideClient(url: string): OutsideClient {
  return {
    async call(port, key, signal) {
      const response = await fetch(`${url}/${port}/${key}`, { method: 'POST', signal });
      const answer = await response.text();
      if (response.status === 503) throw new RetryableError('The outside did nothing, and said so.');
      if (response.status === 429)
        throw new PauseError('outside', 'The outside asks for a pause.', { probeAfterMs: 500 });
      if (!response.ok) throw new Error(`status ${response.status}`);
      return { answer };
    },
  };
}
