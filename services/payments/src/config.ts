import { parseConfig, serviceConfig } from '@waybill/service';
import { z } from 'zod';

const paymentsConfig = serviceConfig.extend({
  PROVIDER_URL: z.url({ protocol: /^https?$/, error: 'must be an http or https URL' }),
});

/** The only place of this service that reads the environment. */
export const config = parseConfig(paymentsConfig, process.env);
