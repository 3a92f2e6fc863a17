import { join, resolve } from 'node:path';
import { generateContracts } from './index.ts';

const schemasDir = resolve(import.meta.dirname, '../../../../schemas');
const changed = generateContracts({ schemasDir, outDir: join(schemasDir, 'generated') });
console.log(
  changed.length === 0 ? 'nothing changed' : changed.map((name) => `wrote schemas/generated/${name}`).join('\n'),
);
