import Module, { createRequire } from 'node:module';

/** The version whose insides the files beside this one replace; with another one they leave kafkajs as it is. */
export const replacedVersion = '2.2.4';

const require = createRequire(import.meta.url);

export function installedVersion(): string {
  const manifest: unknown = require('kafkajs/package.json');
  const version: unknown =
    typeof manifest === 'object' && manifest !== null ? Reflect.get(manifest, 'version') : undefined;
  return String(version);
}

/**
 * What a file of kafkajs exports. Not by `require`: telemetry wraps that for all modules, keeps what each file exported when
 * it was first asked for, and would go on giving that to kafkajs.
 */
export function internal(path: string): unknown {
  const load: unknown = Reflect.get(Module, '_load');
  const file = require.resolve(`kafkajs/src/${path}`);
  return typeof load === 'function' ? Reflect.apply(load, Module, [file]) : require(file);
}

/**
 * Puts something else in place of what a file of kafkajs exports. `readers` are the files that took it in when they
 * were loaded: they are forgotten, and kafkajs, which requires them for each request, loads them anew.
 */
export function replaceInternal(path: string, replacement: unknown, readers: readonly string[]): void {
  const module = require.cache[require.resolve(`kafkajs/src/${path}`)];
  if (module === undefined) throw new Error(`kafkajs/src/${path} was not loaded before it was to be replaced.`);
  module.exports = replacement;
  for (const reader of readers) delete require.cache[require.resolve(`kafkajs/src/${reader}`)];
}
