import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { namedBlocks } from '../../documents/code-blocks.ts';

const root = fileURLToPath(new URL('../../../../..', import.meta.url));
// Below the package, so that imports and types are found as in a service.
const folder = fileURLToPath(new URL('../../../.waybill/testing-guide/', import.meta.url));

beforeAll(() => {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const page of ['README.md', 'docs/guide/testing.md']) {
    for (const [name, text] of namedBlocks(readFileSync(join(root, page), 'utf8')))
      writeFileSync(join(folder, name), text);
  }
  const tsconfig = { extends: '../../../../tsconfig.base.json', include: ['*.ts'] };
  writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(tsconfig));
});

describe('the example in the testing guide', { timeout: 300_000 }, () => {
  it('is typed', () => {
    const check = () => execFileSync(join(root, 'node_modules/.bin/tsc'), ['-p', folder], { encoding: 'utf8' });
    expect(check).not.toThrow();
  });

  it('passes, and fails when the handler does more than it should', () => {
    const run = () =>
      execFileSync(join(root, 'node_modules/.bin/vitest'), ['run', '--root', folder, '--testTimeout', '60000'], {
        encoding: 'utf8',
        stdio: 'pipe',
      });
    expect(run()).toMatch(/1 passed/);
    const consume = join(folder, 'consume.ts');
    const twice = `'insert into pick_list select * from (values ($1::text, $2::timestamptz), ($1, $2)) v'`;
    writeFileSync(consume, readFileSync(consume, 'utf8').replace(`'insert into pick_list values ($1, $2)'`, twice));
    expect(run).toThrow(/The rows of pick_list are not the 1 expected/);
  });
});
