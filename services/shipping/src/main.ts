import { ShipmentBookedV1, ShipmentDispatchedV1, ShipmentSnapshotV1, operationalFacts } from '@waybill/schemas';
import { runService } from '@waybill/service';
import { description, shipmentRoutes } from './adapters/http.ts';
import { migrations } from './adapters/migrations.ts';
import { shipmentRepository } from './adapters/shipment-repository.ts';
import { shipmentSnapshots } from './adapters/shipment-snapshots.ts';
import { shippingBookings } from './application/bookings.ts';
import { dispatching } from './application/dispatching.ts';
import { config } from './config.ts';

const ports = { shipments: shipmentRepository, now: () => new Date() };

await runService({
  name: 'shipping',
  config,
  migrations,
  publishes: [ShipmentBookedV1, ShipmentDispatchedV1, ShipmentSnapshotV1],
  facts: operationalFacts,
  consumers: () => [shippingBookings(ports)],
  snapshots: () => [shipmentSnapshots],
  routes: ({ pool }) => shipmentRoutes(pool),
  openapi: description,
  tasks: (runtime) => [dispatching({ ...ports, runtime })],
});
