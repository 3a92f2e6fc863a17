import {
  PaymentCapturedV2,
  PaymentDeclinedV1,
  PaymentRefundedV1,
  PaymentSnapshotV1,
  operationalFacts,
} from '@waybill/schemas';
import { runService } from '@waybill/service';
import { description, paymentRoutes } from './adapters/http.ts';
import { httpProvider } from './adapters/http-provider.ts';
import { migrations } from './adapters/migrations.ts';
import { paymentRepository } from './adapters/payment-repository.ts';
import { paymentSnapshots } from './adapters/payment-snapshots.ts';
import { paymentCapture } from './application/capture.ts';
import { config } from './config.ts';

const now = () => new Date();

await runService({
  name: 'payments',
  config,
  migrations,
  publishes: [PaymentCapturedV2, PaymentDeclinedV1, PaymentRefundedV1, PaymentSnapshotV1],
  facts: operationalFacts,
  consumers: () => [
    paymentCapture({ provider: httpProvider(config.PROVIDER_URL, now), payments: paymentRepository, now }),
  ],
  snapshots: () => [paymentSnapshots],
  routes: ({ pool }) => paymentRoutes(pool),
  openapi: description,
});
