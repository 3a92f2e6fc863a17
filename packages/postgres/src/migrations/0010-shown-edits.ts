import type { Migration } from '../migrate.ts';

/** What an edit changed stays to be seen, with its personal values masked; the event's bytes are kept for a time only. */
export const shownEdits: Migration = {
  version: 10,
  name: 'shown-edits',
  sql: `
ALTER TABLE waybill.parked_edit
  ALTER COLUMN edited DROP NOT NULL,
  -- The data before and after, as whoever may not see personal values sees it. Kept for good.
  ADD COLUMN shown jsonb;
CREATE INDEX parked_edit_bytes ON waybill.parked_edit (edited_at) WHERE edited IS NOT NULL;
`,
};
