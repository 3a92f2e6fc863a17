import { randomUUID } from 'node:crypto';
import {
  OrderCancelledV1,
  OrderConfirmedV1,
  OrderFulfilledV1,
  OrderPlacedV1,
  OrderPlacedV2,
  OrderSnapshotV1,
  operationalFacts,
} from '@waybill/schemas';
import { runService } from '@waybill/service';
import { fulfilmentRepository } from './adapters/fulfilment-repository.ts';
import { description, orderRoutes } from './adapters/http.ts';
import { kyselyOver } from './adapters/kysely-over.ts';
import { migrations } from './adapters/migrations.ts';
import { orderRepository } from './adapters/order-repository.ts';
import { orderSnapshots } from './adapters/order-snapshots.ts';
import { fulfilmentProjection } from './application/fulfilment.ts';
import { orderProcess } from './application/process.ts';
import { config } from './config.ts';

const now = () => new Date();

await runService({
  name: 'orders',
  config,
  migrations,
  publishes: [OrderPlacedV1, OrderPlacedV2, OrderConfirmedV1, OrderCancelledV1, OrderFulfilledV1, OrderSnapshotV1],
  facts: operationalFacts,
  consumers: () => [
    orderProcess({ orders: (tx) => orderRepository(kyselyOver(tx)), now }),
    fulfilmentProjection(fulfilmentRepository),
  ],
  snapshots: () => [orderSnapshots],
  routes: (runtime) => orderRoutes({ runtime, now, newId: randomUUID }),
  openapi: description,
});
