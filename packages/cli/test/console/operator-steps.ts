import type { Locator } from 'playwright-core';
import type { Visitor } from './visitors.ts';

/** Opens the kind of failure whose line in the list says this, of that consumer. */
export async function openFailure({ page, open }: Visitor, says: RegExp, consumer: string): Promise<void> {
  await open('/failures', 'Failures');
  const line = page.getByRole('row').filter({ hasText: says }).filter({ hasText: consumer });
  await line.getByRole('link').first().click();
  await page.getByRole('heading', { name: says, level: 1 }).waitFor();
  await page.getByRole('heading', { name: /^\d+ entr(?:y|ies)$/u }).waitFor();
}

/** Opens the dialog that says what redriving the whole list would touch. */
export async function askWhatRedriveTouches({ page }: Visitor): Promise<Locator> {
  await page.getByRole('button', { name: /^Redrive all/u }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByText(/will be tried again/u).waitFor();
  return dialog;
}

/** Starts what the dialog describes, and waits on the job's page until it is done. */
export async function startJob({ page }: Visitor, dialog: Locator, reason: string): Promise<void> {
  await dialog.getByRole('textbox', { name: 'Reason' }).fill(reason);
  await dialog.getByRole('button', { name: /^Start with/u }).click();
  await page.getByRole('heading', { name: 'Redrive in payments.capture', level: 1 }).waitFor();
}

/** Picks all entries of the list and skips them. Answers what became of that, as the dialog says it. */
export async function skipAll({ page }: Visitor, reason: string): Promise<string> {
  await page.getByRole('checkbox', { name: 'Pick all that are shown' }).check();
  await page.getByRole('button', { name: 'Skip…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Reason' }).fill(reason);
  await dialog.getByRole('button', { name: /^Skip \d/u }).click();
  // Beside the one in its corner, which is always there.
  const close = dialog.getByRole('button', { name: 'Close' }).nth(1);
  await close.waitFor();
  const outcome = await dialog.getByText(/asked for:/u).innerText();
  await close.click();
  return outcome;
}

/** Agrees to the first request that waits, and waits until it is done. */
export async function approveFirst({ page }: Visitor, note: string): Promise<void> {
  await page.getByRole('button', { name: 'Approve…' }).first().click();
  await page.getByRole('textbox', { name: 'Note, if there is one to tell' }).fill(note);
  await page.getByRole('button', { name: 'Approve it' }).click();
  await page.getByText('Approved and done').last().waitFor();
  // Its form stays until the list is known anew; another one beside it would be taken for it.
  await page.getByRole('button', { name: 'Approve it' }).waitFor({ state: 'hidden' });
}
