import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { rootDirectory } from '../../src/workspace.ts';
import { narrow, show, wide } from './looks.ts';

const directory = join(rootDirectory, 'docs/screenshots');

/**
 * Takes the pictures that the guide shows of what is in the window, when `WAYBILL_SCREENSHOTS` is `write`: every run looks a
 * little different, and a test run changes no file of the checkout.
 *
 * @param also Whether one is taken at the width of a telephone too.
 */
export async function takePictures(page: Page, name: string, also?: 'telephone'): Promise<void> {
  if (process.env['WAYBILL_SCREENSHOTS'] !== 'write') return;
  mkdirSync(directory, { recursive: true });
  // A pointer over something changes how it looks.
  await page.mouse.move(0, 0);
  await take(page, name);
  if (also === undefined) return;
  await show(page, narrow);
  await take(page, `${name}-${narrow.width}`);
  await show(page, wide);
}

async function take(page: Page, name: string): Promise<void> {
  await page.screenshot({ path: join(directory, `${name}.png`), caret: 'hide', animations: 'disabled' });
}
