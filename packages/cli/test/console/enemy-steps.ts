import { randomUUID } from 'node:crypto';
import { eventually } from '@waybill/testing';
import type { Page, Request } from 'playwright-core';
import type { MishapRun } from './mishap-run.ts';
import type { Visitor } from './visitors.ts';

/** Text that would run a script in a page that took it for markup. */
export const markup = `<img src=x onerror="globalThis.hurt=true"><b>bold</b>`;

/**
 * Opens a foreign page in the victim's browser, which sends a command to the console by script and by a form. Answers the
 * status of what the form got; of the script's request a browser tells nobody more than that it has ended.
 */
export async function forgedFrom(site: string, victim: Visitor): Promise<number> {
  const page = await victim.page.context().newPage();
  try {
    const isFetch = (request: Request) => request.resourceType() === 'fetch';
    const byScript = Promise.race([
      page.waitForEvent('requestfailed', isFetch),
      page.waitForEvent('requestfinished', isFetch),
    ]);
    await page.goto(site);
    await byScript;
    const byForm = page.waitForResponse((response) => response.request().method() === 'POST');
    await page.getByRole('button', { name: 'Take it' }).click();
    return (await byForm).status();
  } finally {
    await page.close();
  }
}

/** Writes a note on the entry that is open, and answers the request that did it. */
export async function writeNote({ page }: Visitor, text: string): Promise<Request> {
  await page.getByRole('button', { name: 'Note…' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('textbox', { name: 'Note' }).fill(text);
  const sent = page.waitForRequest((request) => request.method() === 'POST' && request.url().endsWith('/note'));
  await dialog.getByRole('button', { name: /^Write a note/u }).click();
  await dialog.getByText('1 of 1 asked for').waitFor();
  await dialog.getByRole('button', { name: 'Close' }).nth(1).click();
  return sent;
}

/** Sends a request again, just as it was. */
export async function sendAgain({ page }: Visitor, request: Request): Promise<{ status: number; body: unknown }> {
  const { 'content-length': _, ...headers } = await request.allHeaders();
  const response = await page.context().request.post(request.url(), { headers, data: request.postData() ?? '' });
  return { status: response.status(), body: await response.json() };
}

/** Places an order whose reference is markup and whose payment fails; answers the path of what is parked for it. */
export async function parkMarkup({ ordersUrl, providerAnswers }: MishapRun, { page }: Visitor): Promise<string> {
  await providerAnswers('always-oddly');
  const placed = await fetch(`${ordersUrl}/orders`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', 'idempotency-key': randomUUID() },
    body: JSON.stringify({
      customerId: 'enemy',
      email: 'enemy@example.com',
      currency: 'USD',
      reference: markup,
      lines: [{ sku: 'cd-00', quantity: 1, amount: '11.77' }],
    }),
  });
  const { orderId } = (await placed.json()) as { orderId: string };
  const id = await eventually(() => parkedIdOf(page, orderId), { what: 'its parked entry', deadlineMs: 60_000 });
  await providerAnswers('at-times-oddly');
  return `/parked/payments/${id}`;
}

async function parkedIdOf(page: Page, orderId: string): Promise<string | undefined> {
  const answer = await page.context().request.get(`${new URL(page.url()).origin}/api/ops/payments/parked`, {
    params: { aggregateId: orderId, state: 'dead' },
  });
  const { entries } = (await answer.json()) as { entries: readonly { id: string }[] };
  return entries[0]?.id;
}

/** Whether markup that the page shows was taken for more than text. */
export async function isHurt({ page }: Visitor): Promise<boolean> {
  const images = await page.locator('main img').count();
  return images > 0 || (await page.evaluate<boolean>('globalThis.hurt === true'));
}
