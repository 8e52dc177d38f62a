// Makes the pictures of the README and of docs/phone.md from the running page:
//
//	npm ci && node picture.mjs
import { writeFileSync } from 'node:fs';
import { openBrowser, closeBrowser, program, onPage, button, toDetails } from './browser.mjs';
import { traces } from './traces.mjs';

/** @import { Page } from 'playwright-core' */

const docs = new URL('../../../../docs/', import.meta.url).pathname;

/** @param {Page} page @param {string} name */
async function picture(page, name) {
  await page.mouse.move(0, 0);
  await page.waitForTimeout(500); // motion ends
  writeFileSync(`${docs}${name}.png`, await page.screenshot());
}

await openBrowser();
const { url } = await program('dev');
for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
  const dark = colorScheme === 'dark' ? '-dark' : '';
  await onPage(url, async (page) => {
    await toDetails(page);
    await page.getByLabel('Name').fill('Ada Lovelace');
    await page.getByLabel('Email').fill('ada@');
    await page.getByLabel(/^Phone/).focus();
    await picture(page, `phone${dark}`);
  }, { colorScheme, viewport: { width: 1320, height: 860 } });
}
await onPage(url, async (page) => {
  await toDetails(page);
  await page.getByRole('tab', { name: 'State' }).click();
  await picture(page, 'phone-state');
}, { viewport: { width: 1320, height: 860 } });
const foreign = await program('dev', '--provider-says', 'foreign');
await onPage(foreign.url, async (page) => {
  await page.getByText('Something went wrong').waitFor();
  await page.getByRole('tab', { name: 'Key' }).click();
  await button(page, 'Ping now').click();
  await page.getByRole('status').filter({ hasText: 'Not active' }).waitFor();
  await picture(page, 'phone-key');
}, { viewport: { width: 1320, height: 860 } });
const trace = await program('phone', '--trace', traces());
await onPage(`${trace.url}?trace=booking-the-wrong-screen`, async (page) => {
  await page.locator('[aria-current=step][data-wrong=true]').waitFor();
  await picture(page, 'phone-trace');
}, { viewport: { width: 1320, height: 860 } });
await closeBrowser();
