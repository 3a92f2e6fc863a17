import {
  ReservationSnapshotV1,
  StockRejectedV1,
  StockReleasedV1,
  StockReservedV1,
  operationalFacts,
} from '@waybill/schemas';
import { runService } from '@waybill/service';
import { description, inventoryRoutes } from './adapters/http.ts';
import { migrations } from './adapters/migrations.ts';
import { reservationSnapshots } from './adapters/reservation-snapshots.ts';
import { stockRepository } from './adapters/stock-repository.ts';
import { reservations } from './application/reservations.ts';
import { config } from './config.ts';

await runService({
  name: 'inventory',
  config,
  migrations,
  publishes: [StockReservedV1, StockRejectedV1, StockReleasedV1, ReservationSnapshotV1],
  facts: operationalFacts,
  consumers: () => [reservations({ stock: stockRepository, now: () => new Date() })],
  snapshots: () => [reservationSnapshots],
  routes: ({ pool }) => inventoryRoutes(pool),
  openapi: description,
});
