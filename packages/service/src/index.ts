export type { Migration, SnapshotSource } from '@waybill/postgres';
export { nextDelayMs, pause, startTask } from './background-task.ts';
export type { BackgroundTask, RunningTask } from './background-task.ts';
export { ConfigError, parseConfig, readConfig, relayConfig, serviceConfig } from './config.ts';
export type { RelayConfig, ServiceConfig } from './config.ts';
export { ledgered, ledgerTable } from './effect-ledger.ts';
export { createApp, problems } from './http/app.ts';
export { endpoint, noBody } from './http/endpoint.ts';
export type {
  AnyEndpoint,
  DescribedReply,
  Endpoint,
  EndpointHandler,
  Input,
  Method,
  Reply,
  TransactionalHandler,
} from './http/endpoint.ts';
export { idempotent } from './http/idempotent.ts';
export { openapi } from './http/openapi.ts';
export { problem, ProblemError } from './http/problem.ts';
export type { FieldProblem, ProblemBody, ProblemOptions } from './http/problem.ts';
export { routes, serve, serveWrite } from './http/routes.ts';
export type { ServedEndpoint } from './http/routes.ts';
export { validated } from './http/validated.ts';
export type { ServiceDefinition, ServiceRuntime } from './service-definition.ts';
export { httpProducerSource } from './producers/http-producer-source.ts';
export type { ProducerSourceOptions } from './producers/http-producer-source.ts';
export { serviceMigrations } from './migrations.ts';
export { originOf, resume } from './origin.ts';
export type { Origin } from './origin.ts';
export type { OffsetRange, TopicRangeReader } from '@waybill/kafka';
export { EventBodies } from './operations/event-body.ts';
export type { ShownBody } from './operations/event-body.ts';
export { publishedHeads } from './operations/published-heads.ts';
export type { PublishedHead } from './operations/published-heads.ts';
export { runRelay } from './run-relay.ts';
export { runService } from './run-service.ts';
export { startService } from './start-service.ts';
export type { RunningService } from './start-service.ts';
export { serviceFixture } from './testing/service-fixture.ts';
export type { FixtureOptions, HeldEvent, ServiceFixture } from './testing/service-fixture.ts';
