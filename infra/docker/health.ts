/** The image's health check: status 0 when the program in this container answers on its port. */
const port = process.env['HTTP_PORT'] ?? '8080';
const response = await fetch(`http://127.0.0.1:${port}/healthz`, { signal: AbortSignal.timeout(4000) }).catch(
  () => undefined,
);
process.exit(response?.ok === true ? 0 : 1);
