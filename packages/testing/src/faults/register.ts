import diagnosticsChannel from 'node:diagnostics_channel';
import { existsSync, writeFileSync } from 'node:fs';
import { useDeliveryMiddleware, type BatchCommitted } from '@waybill/messaging';
import { killSwitch } from './kill-switch.ts';
import { Disturbance } from './middleware.ts';
import { readSettings } from './settings.ts';

/**
 * Preloaded into a service (`node --import @waybill/testing/faults src/main.ts`), it makes the service suffer what
 * `WAYBILL_FAULTS` says. Without that it does nothing.
 */
const settings = readSettings(process.env['WAYBILL_FAULTS']);

if (settings !== undefined) {
  const disturbance = new Disturbance(settings);
  useDeliveryMiddleware(disturbance.middleware);
  const { kill } = settings;
  if (kill !== undefined) {
    const onCommit = killSwitch({
      settings: kill,
      wouldRepeat: ({ consumer, topic, partition }) => disturbance.wouldRepeat(consumer, topic, partition),
      done: () => existsSync(kill.markerFile),
      kill: () => {
        writeFileSync(kill.markerFile, new Date().toISOString());
        process.kill(process.pid, 'SIGKILL');
      },
    });
    diagnosticsChannel.subscribe('waybill:consumer', (message) => {
      if (isCommitted(message)) onCommit(message);
    });
  }
}

function isCommitted(message: unknown): message is BatchCommitted {
  return typeof message === 'object' && message !== null && Reflect.get(message, 'stage') === 'committed';
}
