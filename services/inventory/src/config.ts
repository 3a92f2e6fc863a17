import { parseConfig, serviceConfig } from '@waybill/service';

/** The only place of this service that reads the environment. */
export const config = parseConfig(serviceConfig, process.env);
