import type { Queryable } from '@waybill/messaging';
import { openapi, routes, serve } from '@waybill/service';
import * as endpoints from './endpoints.ts';
import { sentAbout } from './sent-mails.ts';

/** The HTTP side of notifications: it only shows. */
export function notificationRoutes(db: Queryable) {
  return routes(
    serve(endpoints.readNotifications, async ({ params }) => ({
      status: 200,
      body: { mails: await sentAbout(db, params.orderId) },
    })),
  );
}

/** The description served at `/openapi.json`. */
export const description = openapi({ title: 'Notifications', version: '1' }, Object.values(endpoints));
