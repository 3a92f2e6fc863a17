import { parseConfig, serviceConfig } from '@waybill/service';
import { z } from 'zod';

const notificationsConfig = serviceConfig.extend({
  SMTP_URL: z.url({ protocol: /^smtps?$/, error: 'must be an smtp or smtps URL' }),
});

/** The only place of this service that reads the environment. */
export const config = parseConfig(notificationsConfig, process.env);
