/**
 * Fetches artifacts into a directory: `node fetch-artifact.ts <directory> <coordinates>...`. A process of its own,
 * because the download library lets a connection that breaks in the middle end the process that it runs in.
 */
import download from 'mvn-artifact-download';
import { artifactFileName } from './artifacts.ts';

const parallel = 8;
const [directory = '', ...queue] = process.argv.slice(2);

const worker = async (): Promise<void> => {
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    await download.default(next, directory, undefined, artifactFileName(next));
  }
};
await Promise.all(Array.from({ length: parallel }, worker));
