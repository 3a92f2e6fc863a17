import { eventually } from '@waybill/testing';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { forgedFrom, isHurt, markup, parkMarkup, sendAgain, writeNote } from './enemy-steps.ts';
import { serveForeignSite } from './foreign-site.ts';
import { obstaclesOf } from './looks.ts';
import { type MishapRun, startMishap } from './mishap-run.ts';
import { approveFirst, askWhatRedriveTouches, openFailure, skipAll, startJob } from './operator-steps.ts';
import { takePictures } from './pictures.ts';
import { logIn, startBrowser, visit, type Visitor } from './visitors.ts';

const orders = 120;
const provider = /^The payment provider gave an answer that cannot be read/u;
const noEvent = /^The headers are not a Waybill event/u;
const notCritical = ['inventory.reservations', 'notifications.contacts', 'notifications.mail', 'shipping.bookings'];

let run: MishapRun;
let browser: Browser;
let oskar: Visitor;
let ada: Visitor;
let aki: Visitor;
/** Of an order whose payment could not be read. */
let entryPath: string;
let orderId: string;
/** Found on all pages that were looked at. */
const obstacles: string[] = [];

beforeAll(async () => {
  [browser, run] = await Promise.all([startBrowser(), startMishap(orders)]);
  await run.providerAnswers('at-times-oddly');
  [oskar, ada, aki] = await Promise.all([
    visit(browser, run.consoleUrl),
    visit(browser, run.consoleUrl),
    visit(browser, run.consoleUrl),
  ]);
});

async function look({ page }: Visitor, name: string, also?: 'telephone'): Promise<void> {
  await takePictures(page, name, also);
  obstacles.push(...(await obstaclesOf(page, name)));
}

afterAll(async () => {
  await browser.close();
  await run.stop();
});

describe('before anybody is called', () => {
  test('the login lets people say who they are', async () => {
    await look(oskar, 'login');
    await Promise.all([logIn(oskar, 'Oskar'), logIn(ada, 'Ada'), logIn(aki, 'Aki')]);
    expect(oskar.page.url()).toBe(`${run.consoleUrl}/`);
  });

  test('markup in an event and in a note is shown as text', async () => {
    entryPath = await parkMarkup(run, oskar);
    await oskar.open(entryPath, /^Order …/u);
    await oskar.page.getByText(markup).first().waitFor();
    await writeNote(oskar, markup);
    await oskar.page.getByText(markup).nth(1).waitFor();
    expect(await isHurt(oskar)).toBe(false);
  });

  test('a command that is sent again is done once, and after the logout not at all', async () => {
    await ada.open(entryPath, /^Order …/u);
    const note = await writeNote(ada, 'I look at it.');
    const [first, second] = [await sendAgain(ada, note), await sendAgain(ada, note)];
    expect([first.status, second.status, second.body]).toEqual([200, 200, first.body]);
    await ada.page.reload();
    await ada.page.getByText('I look at it.').waitFor();
    expect(await ada.page.getByText('I look at it.').count()).toBe(1);

    await ada.page.getByRole('button', { name: 'Ada: who you are, and sign out' }).click();
    await ada.page.getByRole('button', { name: 'Sign out', exact: true }).click();
    await ada.page.getByText('signed out').or(ada.page.getByText('Who are you?')).waitFor();
    expect((await sendAgain(ada, note)).status).toBe(401);
    ada = await visit(browser, run.consoleUrl);
    await logIn(ada, 'Ada');
  });

  test('a command that a foreign page sends from an operator’s browser is refused', async () => {
    const site = await serveForeignSite(
      `${run.consoleUrl}/api/ops${entryPath.replace('/parked/payments', '/payments/parked')}/skip`,
    );
    const answers = [await forgedFrom(site.otherSite, oskar), await forgedFrom(site.sameSite, oskar)];
    site.close();
    // From another site the session's cookie is not even sent.
    expect(answers).toEqual([401, 403]);
    await oskar.open(entryPath, /^Order …/u);
    await oskar.page.getByText('dead').first().waitFor();
    expect(await oskar.page.getByText('a prize').count()).toBe(0);
  });

  test.each([
    ['/parked/treasury/1', 'Parked entry 1'],
    ['/parked/payments/999999', 'Parked entry 999999'],
    ['/jobs/payments/00000000-0000-4000-8000-000000000000', 'Job'],
    ['/flows/treasury/treasury.vault', 'treasury.vault'],
  ])('%s, which is not there, is said not to be, with what to do next', async (path, heading) => {
    await oskar.open(path, heading);
    const alert = await oskar.page.getByRole('alert').first().innerText();
    expect(alert).toMatch(/There is no service of this name here|is not parked any more|There is no such job here/u);
    obstacles.push(...(await obstaclesOf(oskar.page, path)));
  });
});

describe('an operator', () => {
  test('sees on the overview which flows need somebody, and what stands still', async () => {
    await run.mailsAgain();
    await run.personNeeded();
    const { page } = oskar;
    await oskar.open('/', '5 flows need you');
    expect(
      await page
        .getByRole('link', { name: /in payments/u })
        .first()
        .innerText(),
    ).toMatch(/^\d+ orders? stands? still in payments, the oldest for \d+ (?:s|min)\.$/u);
    await look(oskar, 'overview', 'telephone');
  });

  test('finds the failures by kind, and reads what one of them says', async () => {
    const { page } = oskar;
    await page.getByRole('link', { name: 'Failures', exact: true }).click();
    await page
      .getByRole('row')
      .filter({ hasText: /cannot be read/u })
      .waitFor();
    await look(oskar, 'failures', 'telephone');

    await page.getByRole('link', { name: 'Find one failed event' }).click();
    await page.getByRole('heading', { name: 'Failed events', level: 1 }).waitFor();
    await page.getByRole('textbox', { name: 'Text' }).fill('PAYMENTS.capture');
    await page.getByRole('row').filter({ hasText: 'payments.capture' }).first().waitFor();
    await look(oskar, 'entries');

    await openFailure(oskar, provider, 'payments.capture');
    await look(oskar, 'failure');

    await page
      .getByRole('link', { name: /^Order …/u })
      .first()
      .click();
    await page.getByRole('heading', { name: 'What happened' }).waitFor();
    orderId = (await page.getByRole('heading', { level: 1 }).getAttribute('title')) ?? '';
    expect(orderId).toMatch(/^[0-9a-f-]{36}$/u);
    await look(oskar, 'entry', 'telephone');
  });

  test('redrives them all in a job, once the provider is mended', async () => {
    await run.providerAnswers('well');
    const { page } = oskar;
    await openFailure(oskar, provider, 'payments.capture');
    const dialog = await askWhatRedriveTouches(oskar);
    await look(oskar, 'redrive');
    await startJob(oskar, dialog, 'The provider answers as it describes again.');
    expect(await page.getByText(/^(\d+) of \1 done$/u).innerText()).not.toBe('0 of 0 done');
    await look(oskar, 'job');
  });

  test('follows one of the orders to its end', async () => {
    const { page } = oskar;
    await page.getByRole('searchbox').fill(orderId);
    await page.getByRole('searchbox').press('Enter');
    await page.getByRole('heading', { name: /^Order …/u, level: 1 }).waitFor();
    // It is shown as it was when it was asked for, and the order goes its way meanwhile.
    const story = await eventually(
      async () => {
        await page.reload();
        return /placed .+, order fulfilled .+/u.exec(await page.locator('.journey-story').innerText())?.[0];
      },
      { what: 'a fulfilled order', deadlineMs: 30_000, everyMs: 500 },
    );
    expect(story).toMatch(/, nothing waits$/u);
    await look(oskar, 'journey');

    await page
      .getByRole('button', { name: /OrderPlaced/u })
      .first()
      .click();
    await page.getByRole('button', { name: 'Show what it says' }).click();
    await page.getByText(/^Read from orders\.order, partition \d+, offset \d+/u).waitFor();
    expect(await page.getByText(orderId).count()).toBeGreaterThan(0);
    await look(oskar, 'event');
  });

  test('skips what is no event, where that hurts nobody', async () => {
    for (const consumer of notCritical) {
      await openFailure(oskar, noEvent, consumer);
      expect(await skipAll(oskar, 'No event of ours: its producer is told.')).toContain('2 of 2 asked for: 2 done');
    }
  });

  test('asks a second person where it may', async () => {
    await openFailure(oskar, noEvent, 'payments.capture');
    const outcome = await skipAll(oskar, 'No event of ours: its producer is told.');
    expect(outcome).toContain('2 of 2 asked for: 0 done, 2 wait for a second person');
    await oskar.open('/approvals', 'Approvals');
    await oskar.page.getByText('You asked for this yourself').first().waitFor();
  });
});

describe('a second person', () => {
  test('sees what is asked for and why, and agrees', async () => {
    await ada.open('/approvals', 'Approvals');
    await ada.page.getByRole('button', { name: 'Approve…' }).nth(1).waitFor();
    await look(ada, 'approvals');
    await approveFirst(ada, 'Looked at both.');
    await approveFirst(ada, 'Looked at both.');
    await oskar.open('/failures', 'Failures');
    expect(await oskar.page.getByText('Nothing fails').innerText()).toBe('Nothing fails');
  });
});

describe('in the end', () => {
  test('the run is valid, and nothing is parked', async () => {
    const none = { pending: 0, parked: 0, lost: 0, invented: 0, duplicateEffects: 0 };
    expect(await run.verdict()).toMatchObject({ orders, ...none, verdict: 'valid' });
  });

  test('every page says so', async () => {
    await oskar.open(
      '/',
      /^(All \d+ flows within their objectives|\d+ flows? (is|are) behind (its objective|their objectives))$/u,
    );
    await look(oskar, 'calm');
    await oskar.open('/flows/payments/payments.capture', 'payments.capture');
    // Its figures come after the page.
    await oskar.page.getByText('Counted since').waitFor();
    await look(oskar, 'flow');
    for (const [name, path, heading] of [
      ['flows', '/flows', 'Flows'],
      ['jobs', '/jobs', 'Jobs'],
      ['search', '/journey', 'Journey'],
    ] as const) {
      await oskar.open(path, heading);
      await look(oskar, name);
    }
    expect(await oskar.page.getByText('dead').count()).toBe(0);
  });

  test('the audit trail is whole, and says who did what, why, and who agreed', async () => {
    const { page } = aki;
    await aki.open('/audit', 'Audit');
    await page
      .getByText(/intact/u)
      .nth(4)
      .waitFor();
    await page.getByText('approved by ada@example.com').first().waitFor();
    await look(aki, 'audit');
    expect(await isHurt(aki)).toBe(false);
  });

  test('nothing kept anybody from reading or using a page, and no page failed', () => {
    expect(obstacles.join('\n')).toBe('');
    expect([...oskar.mishaps, ...ada.mishaps, ...aki.mishaps]).toEqual([]);
  });

  test('Ctrl-C ends everything', async () => {
    expect((await run.stop()).exitCode).toBe(0);
  });
});
