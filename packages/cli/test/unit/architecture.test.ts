import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, globSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, matchesGlob } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../../..', import.meta.url));
const oxlint = join(root, 'node_modules/.bin/oxlint');

/** The arrows of the design, said once more and apart from the rule, so that the two hold each other. */
const arrows: Readonly<Record<string, readonly string[]>> = {
  'packages/contracts/src': [],
  'packages/telemetry/src': [],
  'packages/checker/src': [],
  infra: [],
  schemas: ['contracts'],
  'packages/messaging/src': ['contracts'],
  'packages/postgres/src': ['messaging', 'contracts'],
  'packages/kafka/src': ['messaging', 'contracts'],
  'packages/service/src': ['contracts', 'messaging', 'postgres', 'kafka', 'telemetry'],
  'packages/testing/src': ['contracts', 'messaging', 'infra'],
  'packages/prove/src': ['checker', 'contracts', 'infra', 'kafka', 'messaging', 'service', 'testing'],
  'services/orders/src': ['contracts', 'messaging', 'schemas', 'service', 'telemetry'],
  'services/orders/src/domain': ['contracts', 'schemas'],
  'services/orders/src/application': ['contracts', 'messaging', 'schemas', 'service', 'telemetry'],
  'services/orders/src/adapters': ['contracts', 'messaging', 'schemas', 'service', 'telemetry'],
};
const ours = [
  ...['contracts', 'messaging', 'postgres', 'kafka', 'telemetry', 'service', 'testing', 'checker', 'prove', 'cli'],
  ...['schemas', 'infra', 'orders', 'notifications'],
];

/** What else must not be imported, and what must remain possible: [directory, specifier, whether it is allowed]. */
const directions: readonly (readonly [string, string, boolean])[] = [
  ['packages/messaging/src', 'pg', false],
  ['packages/messaging/src', 'kafkajs', false],
  ['packages/messaging/src', 'node:fs/promises', false],
  ['packages/messaging/src', 'node:crypto', true],
  ['packages/postgres/src', 'kafkajs', false],
  ['packages/postgres/src', 'pg', true],
  ['packages/kafka/src', 'pg', false],
  ['packages/kafka/src', 'kafkajs', true],
  ['packages/kafka/src', '../../postgres/src/index.ts', false],
  ['packages/checker/src', '../../../infra/environment/index.ts', false],
  ['packages/kafka/src', './registry/client.ts', true],
  ['services/orders/src', '../../payments/src/main.ts', false],
  ['services/orders/src', './adapters/http.ts', true],
  ['services/orders/src', './application/place-order.ts', true],
  ['services/orders/src/domain', 'pg', false],
  ['services/orders/src/domain', 'express', false],
  ['services/orders/src/domain', 'node:fs', false],
  ['services/orders/src/domain', '../application/place-order.ts', false],
  ['services/orders/src/domain', '../adapters/http.ts', false],
  ['services/orders/src/domain', '../config.ts', false],
  ['services/orders/src/domain', '../main.ts', false],
  ['services/orders/src/domain', './order.ts', true],
  ['services/orders/src/application', 'pg', false],
  ['services/orders/src/application', 'express', false],
  ['services/orders/src/application', '../adapters/http.ts', false],
  ['services/orders/src/application', '../config.ts', false],
  ['services/orders/src/application', '../main.ts', false],
  ['services/orders/src/application', '../domain/order.ts', true],
  ['services/orders/src/adapters', '../config.ts', false],
  ['services/orders/src/adapters', '../main.ts', false],
  ['services/orders/src/adapters', '../application/place-order.ts', true],
  ['services/orders/src/adapters', '../domain/order.ts', true],
];

interface Planted {
  readonly file: string;
  readonly source: string;
  readonly allowed: boolean;
}

function planted(): readonly Planted[] {
  const packages = Object.entries(arrows).flatMap(([directory, targets]) =>
    ours.map((target) => ({
      file: `${directory}/to-${target}.ts`,
      source: `import { x } from '@waybill/${target}';\nexport const y = x;\n`,
      allowed: targets.includes(target),
    })),
  );
  const inside = directions.map(([directory, specifier, allowed]) => ({
    file: `${directory}/from-${specifier.replaceAll(/[^a-z]+/gu, '-')}.ts`,
    source: `import type { x } from '${specifier}';\nexport type Y = x;\n`,
    allowed,
  }));
  const readsEnvironment = 'export const home = process.env;\n';
  const environment = [
    ['services/orders/src/main.ts', readsEnvironment, false],
    ['services/orders/src/adapters/reader.ts', readsEnvironment, false],
    ['packages/postgres/src/reader.ts', readsEnvironment, false],
    ['packages/postgres/src/named.ts', "import { env } from 'node:process';\nexport const home = env;\n", false],
    ['services/orders/src/config.ts', readsEnvironment, true],
    ['packages/cli/src/reader.ts', readsEnvironment, true],
  ] as const;
  return [...packages, ...inside, ...environment.map(([file, source, allowed]) => ({ file, source, allowed }))];
}

/** The files that the rules on imports and on the environment refuse, linted at the places where they lie. */
function refused(files: readonly Planted[]): ReadonlySet<string> {
  const directory = mkdtempSync(join(tmpdir(), 'waybill-architecture-'));
  try {
    cpSync(join(root, '.oxlintrc.json'), join(directory, '.oxlintrc.json'));
    for (const { file, source } of files) {
      mkdirSync(dirname(join(directory, file)), { recursive: true });
      writeFileSync(join(directory, file), source);
    }
    const only = ['-A', 'all', '-D', 'no-restricted-imports', '-D', 'node/no-process-env'];
    const run = spawnSync(oxlint, ['--format', 'json', ...only], { cwd: directory, encoding: 'utf8' });
    const report: { diagnostics: { code: string; filename: string }[] } = JSON.parse(run.stdout);
    const architecture = /\((?:no-restricted-imports|no-process-env)\)$/u;
    return new Set(report.diagnostics.filter(({ code }) => architecture.test(code)).map(({ filename }) => filename));
  } finally {
    rmSync(directory, { recursive: true });
  }
}

interface Override {
  readonly files: readonly string[];
  readonly rules: Readonly<Record<string, unknown>>;
}
const { overrides }: { overrides: readonly Override[] } = JSON.parse(
  readFileSync(join(root, '.oxlintrc.json'), 'utf8'),
);
const importRules = overrides.filter(({ rules }) => 'no-restricted-imports' in rules);

describe('the import directions', () => {
  it('refuses each planted violation and nothing else', () => {
    const files = planted();
    const found = refused(files);
    expect(files.filter(({ file, allowed }) => found.has(file) === allowed).map(({ file }) => file)).toEqual([]);
    expect(found.size).toBeGreaterThan(100);
  });

  it.each(importRules.flatMap(({ files }) => files))('has a rule for %s that matches real files', (glob) => {
    expect(
      globSync(glob, { cwd: root, exclude: ['**/node_modules/**'] }).filter((file) => file.endsWith('.ts')),
    ).not.toEqual([]);
  });

  it('has a rule for each source file of each workspace', () => {
    const listed = execFileSync('git', ['ls-files', '*.ts'], { cwd: root, encoding: 'utf8' }).trim().split('\n');
    const covered = importRules.flatMap(({ files }) => files);
    const workspaces = /^(?:packages|services|examples|schemas|infra)\//u;
    const sources = listed.filter((file) => workspaces.test(file) && !file.endsWith('vitest.config.ts'));
    expect(sources.length).toBeGreaterThan(50);
    expect(sources.filter((file) => !covered.some((glob) => matchesGlob(file, glob)))).toEqual([]);
  });
});
