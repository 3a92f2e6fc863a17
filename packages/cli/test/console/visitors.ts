import { type Browser, chromium, type Page } from 'playwright-core';
import { browserProgram } from './browser-program.ts';
import { wide } from './looks.ts';

/** Somebody at the console, in a browser of their own. */
export interface Visitor {
  readonly page: Page;
  /** What went wrong in their pages: errors of scripts, and answers that say that the console failed. */
  readonly mishaps: readonly string[];
  /** Goes to an address of the console, and waits until the page with that heading is there. */
  open(path: string, heading: string | RegExp): Promise<void>;
}

/** Milliseconds after which a page that does not do what it should has failed, on a busy machine. */
const patienceMs = 30_000;

/** Starts Chromium, which Debian's way of running as root needs to be without its sandbox. */
export function startBrowser(): Promise<Browser> {
  const isRoot = process.getuid?.() === 0;
  return chromium.launch({ executablePath: browserProgram(), chromiumSandbox: !isRoot });
}

/** Opens the console in a browser window of its own; who opens it has yet to say who they are. */
export async function visit(browser: Browser, consoleUrl: string): Promise<Visitor> {
  // Pictures and checks are of what stays, and not of what moves.
  const context = await browser.newContext({
    viewport: { width: wide.width, height: wide.height },
    reducedMotion: 'reduce',
  });
  context.setDefaultTimeout(patienceMs);
  const page = await context.newPage();
  const mishaps: string[] = [];
  page.on('pageerror', ({ message }) => mishaps.push(message));
  page.on('response', (response) => {
    if (response.status() >= 500) mishaps.push(`${response.status()} from ${response.url()}`);
  });
  await page.goto(consoleUrl);
  await page.getByRole('heading', { name: 'Who are you?' }).waitFor();
  return {
    page,
    mishaps,
    open: async (path, heading) => {
      await page.goto(new URL(path, consoleUrl).href);
      await page.getByRole('heading', { name: heading, level: 1 }).waitFor();
    },
  };
}

/** Says at the development login who one is. */
export async function logIn({ page }: Visitor, name: 'Vera' | 'Oskar' | 'Ada' | 'Aki'): Promise<void> {
  await page.getByRole('button', { name: new RegExp(`^${name} `, 'u') }).click();
  await page.getByRole('button', { name: `${name}: who you are, and sign out` }).waitFor();
}
