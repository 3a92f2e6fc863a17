import { closeSync, openSync, readSync, statSync } from 'node:fs';

/** Calls back with each new whole line of a growing file, from its present end on; returns what ends that. */
export function followLines(path: string, onLine: (line: string) => void): () => void {
  let at = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
  let rest = '';
  const read = () => {
    const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    if (size < at) at = 0;
    if (size === at) return;
    const file = openSync(path, 'r');
    const buffer = Buffer.alloc(size - at);
    readSync(file, buffer, 0, buffer.length, at);
    closeSync(file);
    at = size;
    const lines = `${rest}${buffer.toString('utf8')}`.split(/[\r\n]+/);
    rest = lines.pop() ?? '';
    for (const line of lines) onLine(line);
  };
  const timer = setInterval(read, 200);
  return () => {
    clearInterval(timer);
    read();
  };
}
