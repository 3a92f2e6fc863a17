/**
 * An environment in the foreground, for those who bring their own program:
 * `node infra/environment/serve.ts [--purpose up|test|bench] [--jaeger] [--state-dir DIR] [--while-used]`.
 * Its addresses go to standard output as `export` lines, the progress to standard error. Ends on Ctrl-C and SIGTERM,
 * and with `--while-used` when its last user has left.
 */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { EnvironmentError, environmentVariables, startEnvironment } from './index.ts';
import { countUsers } from './keeper.ts';
import { describeStep } from './progress.ts';

const { values } = parseArgs({
  options: {
    purpose: { type: 'string', default: 'test' },
    jaeger: { type: 'boolean', default: false },
    'state-dir': { type: 'string' },
    'while-used': { type: 'boolean', default: false },
  },
});
const { purpose } = values;
if (purpose !== 'up' && purpose !== 'test' && purpose !== 'bench') {
  process.stderr.write('--purpose must be up, test or bench\n');
  process.exit(2);
}

const checkout = fileURLToPath(new URL('../..', import.meta.url));
const asked = Promise.withResolvers<void>();
process.on('SIGINT', () => asked.resolve());
process.on('SIGTERM', () => asked.resolve());

try {
  const users = await countUsers();
  const environment = await startEnvironment({
    purpose,
    stateDir: values['state-dir'] ?? join(checkout, '.waybill', purpose),
    usersPort: users.port,
    jaeger: values.jaeger,
    progress: (step) => process.stderr.write(`${describeStep(step)}\n`),
  });
  for (const [name, value] of Object.entries(environmentVariables(environment))) {
    process.stdout.write(`export ${name}='${value}'\n`);
  }
  if (!environment.reused) {
    await Promise.race([asked.promise, ...(values['while-used'] ? [users.unused()] : [])]);
    users.turnAway();
    await environment.stop();
  }
} catch (error) {
  if (!(error instanceof EnvironmentError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
