import { join } from 'node:path';
import { Command } from 'commander';
import { checkGenerated, checkReleased, generateContracts, releaseSchemas } from '@waybill/contracts/generate';
import { registerContracts } from '@waybill/kafka';
import { screenOn } from '../terminal/screen.ts';
import { rootDirectory } from '../workspace.ts';

const schemasDir = join(rootDirectory, 'schemas');
const outDir = join(schemasDir, 'generated');

export function contractsCommand(): Command {
  const command = new Command('contracts').description('Work on the contracts in schemas/.');
  command.command('generate').description('Write the typed constants and types of all schemas.').action(generate);
  command
    .command('check')
    .description('Fail when generated files or released schemas differ from what the schemas say.')
    .action(check);
  command
    .command('release')
    .description('Hold the schemas as they are now to compatibility from here on.')
    .action(release);
  command
    .command('register')
    .description('Register all contracts under FULL_TRANSITIVE compatibility.')
    .requiredOption('--registry <url>', 'base of the Confluent API', process.env['WAYBILL_REGISTRY_URL'])
    .option('--owned', 'the registry is ours alone: set its global compatibility too')
    .action(register);
  return command;
}

function generate(): void {
  const written = generateContracts({ schemasDir, outDir });
  const screen = screenOn(process.stdout);
  for (const name of written) screen.line(`wrote ${name}`);
  if (written.length === 0) screen.line('Nothing changed.');
}

function check(): void {
  const screen = screenOn(process.stdout);
  const drifted = checkGenerated({ schemasDir, outDir });
  const broken = checkReleased(schemasDir);
  for (const name of drifted)
    screen.bad(`schemas/generated/${name} differs from its schemas. Run ./waybill contracts generate.`);
  for (const problem of broken) screen.bad(`${problem.contract}: ${problem.message}`);
  if (drifted.length + broken.length > 0) process.exitCode = 1;
  else screen.line('All contracts are in step.');
}

function release(): void {
  const screen = screenOn(process.stdout);
  for (const name of releaseSchemas(schemasDir)) screen.line(`released ${name}`);
}

async function register({ registry, owned = false }: { registry: string; owned?: boolean }): Promise<void> {
  // Loaded here alone: the generated constants may be what `generate` is about to mend.
  const { allContracts } = await import('@waybill/schemas');
  const screen = screenOn(process.stdout);
  const registered = await registerContracts({ url: registry, contracts: allContracts, ownsRegistry: owned });
  for (const { id, subject } of registered) screen.line(`${String(id).padStart(5)}  ${subject}`);
}
