/** The nonce under which the page's policy lets style elements in, or an empty text where there is none. */
export function styleNonce(): string {
  const meta = document.querySelector<HTMLMetaElement>('meta[name="csp-nonce"]');
  return meta?.content ?? '';
}

/** Tells the libraries that make style elements by themselves (the lock of scrolling under a dialog) of the nonce. */
export function shareNonce(nonce: string): void {
  Reflect.set(globalThis, '__webpack_nonce__', nonce);
}
