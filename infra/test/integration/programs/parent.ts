/** Supervises one child for a test, tells its pid, and stays: `node parent.ts <log file> <program for node -e>`. */
import { superviseProcess } from '../../../local/supervise.ts';

const [logFile = '', program = ''] = process.argv.slice(2);
const child = await superviseProcess({
  name: 'child',
  command: process.execPath,
  args: ['-e', program],
  logFile,
  graceMs: 300,
});
process.stdout.write(`${child.pid}\n`);
await child.exited;
