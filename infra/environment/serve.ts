/**
 * An environment in the foreground, for those who bring their own program:
 * `node infra/environment/serve.ts [--purpose up|test|bench] [--jaeger]`.
 * Its addresses go to standard output as `export` lines, the progress to standard error. Ends on Ctrl-C and SIGTERM.
 */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { EnvironmentError, environmentVariables, startEnvironment } from './index.ts';
import { describeStep } from './progress.ts';

const { values } = parseArgs({
  options: {
    purpose: { type: 'string', default: 'test' },
    jaeger: { type: 'boolean', default: false },
  },
});
const { purpose } = values;
if (purpose !== 'up' && purpose !== 'test' && purpose !== 'bench') {
  process.stderr.write('--purpose must be up, test or bench\n');
  process.exit(2);
}

const checkout = fileURLToPath(new URL('../..', import.meta.url));
try {
  const environment = await startEnvironment({
    purpose,
    stateDir: join(checkout, '.waybill', purpose),
    jaeger: values.jaeger,
    progress: (step) => process.stderr.write(`${describeStep(step)}\n`),
  });
  for (const [name, value] of Object.entries(environmentVariables(environment))) {
    process.stdout.write(`export ${name}='${value}'\n`);
  }
  if (!environment.reused) {
    const ended = Promise.withResolvers<void>();
    process.on('SIGINT', () => ended.resolve());
    process.on('SIGTERM', () => ended.resolve());
    const heartbeat = setInterval(() => undefined, 60_000);
    await ended.promise;
    clearInterval(heartbeat);
    await environment.stop();
  }
} catch (error) {
  if (!(error instanceof EnvironmentError)) throw error;
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
