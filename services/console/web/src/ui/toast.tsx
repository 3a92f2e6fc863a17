import type { CommandResult } from '@waybill/service/operations';
import { notifications } from '@mantine/notifications';
import { Link } from '@tanstack/react-router';

/** Says what a command did, with the way to its audit entry or to the approval that it waits for. */
export function tellResult(what: string, service: string, target: string, result: CommandResult): void {
  const waits = result.result === 'waits-for-approval';
  notifications.show({
    title: waits ? 'Waits for a second person' : what,
    message: waits ? (
      <>
        Nothing is done until an approver agrees. <Link to="/approvals">See approvals</Link>
      </>
    ) : (
      <>
        {result.audit === undefined ? 'Done. ' : `Kept as entry ${result.audit} of the audit trail. `}
        <Link to="/audit" search={{ service, target }}>
          See it
        </Link>
      </>
    ),
    autoClose: 8_000,
    withBorder: true,
    closeButtonProps: { 'aria-label': 'Close' },
  });
}
