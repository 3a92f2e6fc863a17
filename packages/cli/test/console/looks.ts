import axe, { type AxeResults, type RunOptions } from 'axe-core';
import type { Page } from 'playwright-core';

/** How somebody may look at a page. */
interface Look {
  /** Of the window, in CSS pixels. */
  readonly width: number;
  readonly height: number;
  readonly scheme: 'light' | 'dark';
}

export const wide: Look = { width: 1280, height: 720, scheme: 'light' };
export const narrow: Look = { width: 390, height: 844, scheme: 'light' };
const looks: readonly Look[] = [wide, { ...wide, scheme: 'dark' }, { ...narrow, scheme: 'dark' }, narrow];
const options: RunOptions = { resultTypes: ['violations'] };

/**
 * What keeps people from reading or using the page, at 1280 and 390 px, light and dark: what axe finds serious or critical, and
 * a page wider than its window. Leaves the page as it was, wide and light.
 *
 * @param name What the page is called in the findings.
 */
export async function obstaclesOf(page: Page, name: string): Promise<readonly string[]> {
  const obstacles: string[] = [];
  for (const look of looks) {
    const place = `${name} at ${look.width} px, ${look.scheme}`;
    await show(page, look);
    const { violations } = await check(page);
    for (const { id, impact, nodes } of violations) {
      if (impact !== 'serious' && impact !== 'critical') continue;
      const where = nodes.map(({ target, failureSummary }) => `${target.join(' ')}: ${failureSummary ?? ''}`);
      obstacles.push(`${place}: ${id} (${impact})\n  ${where.join('\n  ')}`);
    }
    const tooWide = await page.evaluate<number>('document.documentElement.scrollWidth - innerWidth');
    if (tooWide > 0) obstacles.push(`${place}: it is ${tooWide} px wider than the window`);
  }
  await show(page, wide);
  return obstacles;
}

/** Resolves once the page is shown so. */
export async function show(page: Page, { width, height, scheme }: Look): Promise<void> {
  await page.setViewportSize({ width, height });
  await page.emulateMedia({ colorScheme: scheme });
  // Two frames: the first lays out and the second has painted what follows from it.
  await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
}

async function check(page: Page): Promise<AxeResults> {
  if (!(await page.evaluate<boolean>('"axe" in globalThis'))) await page.evaluate(axe.source);
  return page.evaluate<AxeResults>(`axe.run(document, ${JSON.stringify(options)})`);
}
