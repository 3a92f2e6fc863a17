export { checkGenerated, type GenerateOptions, generateContracts } from './generate-contracts.ts';
export { checkReleased, type ReleaseProblem, releaseSchemas, unreleased } from './released.ts';
export { type SchemaContext, type SchemaFile, readSchemas } from './read-schemas.ts';
export type { ContextFile } from './context-file.ts';
