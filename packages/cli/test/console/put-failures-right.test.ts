import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { obstaclesOf, onTelephone } from './looks.ts';
import { type MishapRun, startMishap } from './mishap-run.ts';
import { approveFirst, askWhatRedriveTouches, openFailure, skipAll, startJob } from './operator-steps.ts';
import { picture } from './pictures.ts';
import { logIn, startBrowser, visit, type Visitor } from './visitors.ts';

const orders = 120;
const provider = /^The payment provider gave an answer that cannot be read/u;
const noEvent = /^The headers are not a Waybill event's/u;

let run: MishapRun;
let browser: Browser;
let oskar: Visitor;
let ada: Visitor;
let aki: Visitor;

beforeAll(async () => {
  [browser, run] = await Promise.all([startBrowser(), startMishap(orders)]);
  // More of them than the two in a hundred of a mishap, by chance none of so few orders.
  await run.oddAnswers(0.1);
  oskar = await visit(browser, run.consoleUrl);
});

afterAll(async () => {
  await browser.close();
  await run.stop();
});

describe('somebody who was called at night', () => {
  test('says who they are, and can read and use the page on which they do', async () => {
    await picture(oskar.page, 'login');
    expect(await obstaclesOf(oskar.page, 'login')).toEqual([]);
    await logIn(oskar, 'Oskar');
  });

  test('sees on the overview which flows need them, and what stands still', async () => {
    await run.personNeeded();
    const { page } = oskar;
    await page.getByRole('heading', { name: '5 flows need you' }).waitFor();
    await page.getByRole('link', { name: /^\d+ orders stand still in payments, the oldest for/u }).waitFor();
    await picture(page, 'overview');
    await onTelephone(page, () => picture(page, 'overview-390'));
    expect(await obstaclesOf(page, 'overview')).toEqual([]);
  });

  test('finds the failures by kind, and reads what one of them says', async () => {
    const { page } = oskar;
    await page.getByRole('link', { name: 'Failures', exact: true }).click();
    await page
      .getByRole('row')
      .filter({ hasText: /cannot be read/u })
      .waitFor();
    await picture(page, 'failures');
    await onTelephone(page, () => picture(page, 'failures-390'));
    expect(await obstaclesOf(page, 'failures')).toEqual([]);

    await openFailure(oskar, provider, 'payments.capture');
    await page.getByText('Compare it with its description.').first().waitFor();
    await picture(page, 'failure');
    expect(await obstaclesOf(page, 'failure')).toEqual([]);

    await page
      .getByRole('link', { name: /^Order …/u })
      .first()
      .click();
    await page.getByRole('heading', { name: 'What happened' }).waitFor();
    await picture(page, 'entry');
    await onTelephone(page, () => picture(page, 'entry-390'));
    expect(await obstaclesOf(page, 'entry')).toEqual([]);
  });
});
