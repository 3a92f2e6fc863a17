import type { Command } from 'commander';
import {
  type AuditFlags,
  exportAudit,
  type ExportFlags,
  listAudit,
  verifyAudit,
  type VerifyFlags,
} from '../operations/audit.ts';
import { wholeNumber } from '../operations/options.ts';
import { operationsCommand, runOperation, withCommonOptions } from '../operations/run-operation.ts';
import type { CommonFlags } from '../operations/session.ts';

export function auditCommand(): Command {
  const audit = operationsCommand('audit').description(
    'Read what people did to the flows, and check that it is all there.',
  );
  withService(audit.command('ls').description('List what was done, newest first.'))
    .option('--actor <name>', 'by this person')
    .option('--action <action>', 'of this kind, as parked.skip')
    .option('--target <target>', 'on this, as parked/42')
    .option('--limit <n>', 'how many are shown', wholeNumber(1, 1_000), 50)
    .action(async (flags: CommonFlags & AuditFlags) =>
      runOperation(flags, async (session) => listAudit(session, flags)),
    );
  withService(
    audit
      .command('verify')
      .description('Check that no entry was changed, removed or moved; 1 is the exit status if one was.'),
  )
    .option(
      '--kafka <brokers>',
      'compare with what was published there: comma list of host:port (WAYBILL_KAFKA_BROKERS)',
    )
    .option('--registry <url>', 'base of the Confluent API, to read that (WAYBILL_REGISTRY_URL)')
    .action(async (flags: CommonFlags & VerifyFlags) =>
      runOperation(flags, async (session) => verifyAudit(session, flags)),
    );
  withService(audit.command('export').description('Write whole trails as JSON lines.'))
    .option('--out <file>', 'into this file; to standard output when left out')
    .action(async (flags: CommonFlags & ExportFlags) =>
      runOperation(flags, async (session) => exportAudit(session, flags)),
    );
  return audit;
}

function withService(command: Command): Command {
  return withCommonOptions(command).option('--service <name>', 'of this service; of all when left out');
}
