import { join, resolve } from 'node:path';
import { generateContracts, releaseSchemas } from './index.ts';

// `generate` (also when nothing is said) or `release`; the `waybill contracts` command offers the same two.
const [command = 'generate'] = process.argv.slice(2);
const schemasDir = resolve(import.meta.dirname, '../../../../schemas');

switch (command) {
  case 'generate':
    report('wrote', generateContracts({ schemasDir, outDir: join(schemasDir, 'generated') }));
    break;
  case 'release':
    report('released', releaseSchemas(schemasDir));
    break;
  default:
    process.stderr.write(`unknown command ${command}: say generate or release\n`);
    process.exitCode = 2;
}

function report(did: string, names: readonly string[]): void {
  process.stdout.write(names.length === 0 ? 'nothing changed\n' : names.map((name) => `${did} ${name}\n`).join(''));
}
