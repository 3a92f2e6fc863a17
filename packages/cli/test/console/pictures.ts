import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { rootDirectory } from '../../src/workspace.ts';

const directory = join(rootDirectory, 'docs/screenshots');

/**
 * Takes the picture that the guide shows of what is in the window, when `WAYBILL_SCREENSHOTS` is `write`: every run looks a
 * little different, and a test run changes no file of the checkout.
 */
export async function picture(page: Page, name: string): Promise<void> {
  if (process.env['WAYBILL_SCREENSHOTS'] !== 'write') return;
  mkdirSync(directory, { recursive: true });
  // The pointer's place shows, and focus that nobody put there.
  await page.mouse.move(0, 0);
  await page.screenshot({ path: join(directory, `${name}.png`), caret: 'hide', animations: 'disabled' });
}
