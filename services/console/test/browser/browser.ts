import { existsSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { AxeBuilder } from '@axe-core/playwright';
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

/** A window and the system's choice of colours. */
export interface View {
  /** CSS pixels: a laptop, or a phone. */
  readonly width: 1280 | 390;
  readonly scheme: 'light' | 'dark';
}

/** The four views in which each page has to look right. */
export const views: readonly View[] = [
  { width: 1280, scheme: 'light' },
  { width: 1280, scheme: 'dark' },
  { width: 390, scheme: 'light' },
  { width: 390, scheme: 'dark' },
];

const heights = { 1280: 900, 390: 844 } as const;

/** Where a Chromium lies that the system has installed. */
const places = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome-stable'];

/**
 * Starts the system's Chromium, or the one that `CHROMIUM_PATH` names.
 *
 * @throws {Error} that says how to get one when there is none.
 */
export async function launchBrowser(): Promise<Browser> {
  const executablePath = [process.env['CHROMIUM_PATH'], ...places].find(
    (path) => path !== undefined && existsSync(path),
  );
  if (executablePath === undefined) {
    throw new Error(
      'There is no Chromium for the browser tests. Install it (apt-get install chromium), or set CHROMIUM_PATH to one.',
    );
  }
  // Chromium's sandbox does not work for root, as whom containers run their tests.
  const args = process.getuid?.() === 0 ? ['--no-sandbox'] : [];
  return chromium.launch({ executablePath, args });
}

/** A visitor of the console with cookies of his own. @param options What else the context needs. */
export async function visitor(
  browser: Browser,
  view: View,
  options: BrowserContextOptions = {},
): Promise<BrowserContext> {
  return browser.newContext({
    viewport: { width: view.width, height: heights[view.width] },
    colorScheme: view.scheme,
    reducedMotion: 'reduce',
    ...options,
  });
}

/** What went wrong in a page: errors of its scripts, and what its policy stopped. Add nothing to it. */
export function watchTrouble(page: Page): readonly string[] {
  const trouble: string[] = [];
  page.on('pageerror', (error) => trouble.push(error.message));
  page.on('console', (message) => {
    const isRefused = /Content Security Policy/i.test(message.text());
    if (isRefused) trouble.push(message.text());
  });
  return trouble;
}

/** What axe finds serious or critical in a page, one line for each place. Empty when there is nothing. */
export async function seriousBarriers(page: Page): Promise<readonly string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, help, nodes }) => nodes.map(({ target }) => `${id}: ${help} at ${target.join(' ')}`));
}

/** CSS pixels by which a page is wider than its window; 0 when nobody has to scroll sideways. */
export async function sidewaysPixels(page: Page): Promise<number> {
  return page.evaluate<number>('Math.max(0, document.documentElement.scrollWidth - window.innerWidth)');
}

/** Takes a picture of the whole page, once its fonts and its data are there. @param file Ends in `.png`. */
export async function picture(page: Page, file: string): Promise<void> {
  await mkdir(dirname(file), { recursive: true });
  await page.locator('.loading').waitFor({ state: 'detached' });
  await page.screenshot({ path: file, fullPage: true, animations: 'disabled' });
}
