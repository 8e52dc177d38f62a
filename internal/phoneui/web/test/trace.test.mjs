// The trace viewer, from scenarios that fail.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { skip, program, onPage, button } from './browser.mjs';
import { traces } from './traces.mjs';

const axeFile = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

test('the steps of a trace, and what the phone showed', { skip }, async () => {
  const { url } = await program('phone', '--trace', traces());
  await onPage(url, async (page) => {
    await page.getByLabel('Trace').selectOption('the wrong screen');
    /** @param {RegExp} text waits until a step with this text is the current one */
    const current = (text) => page.locator('[aria-current=step]', { hasText: text }).waitFor();
    await page.locator('.step-details .banner', { hasText: 'want DETAILS, got "SLOT"' }).waitFor(); // the one that failed comes first
    await current(/expect.*screen: DETAILS/s);
    await page.getByRole('heading', { name: 'Day and time' }).waitFor();

    await page.locator('#step-0').click();
    await page.locator('.exchange', { hasText: '"action": "INIT"' }).waitFor();
    await page.getByRole('heading', { name: 'Book a visit' }).waitFor();
    await page.getByRole('radio', { name: 'Haircut', checked: false }).waitFor();
    await page.keyboard.press('ArrowDown');
    await page.locator('#step-1[aria-current=step]').waitFor();
    await page.getByRole('radio', { name: 'Haircut', checked: true }).waitFor();
    await page.locator('#step-1:focus').waitFor();
    await button(page, 'Next').click();
    await page.locator('.exchange', { hasText: 'goes to SLOT' }).waitFor();
    await page.reload(); // stays on the step
    await current(/tap.*Choose a time/s);
    await button(page, 'Show the step that failed').click();
    await current(/expect/);
  });
});

test('a trace cannot be changed', { skip }, async () => {
  const { url } = await program('phone', '--trace', traces());
  await onPage(`${url}?step=1`, async (page) => { // of the first: too early
    /** @type {string[]} */
    const requests = [];
    page.on('request', (r) => requests.push(r.url()));
    await page.locator('label', { hasText: 'Haircut' }).click();
    await page.getByText('it cannot be changed').waitFor();
    assert.equal(await page.getByLabel('Haircut').isChecked(), false);
    await button(page, 'Choose a time').click({ force: true }); // says why
    await page.getByRole('heading', { name: 'Why the button is off' }).first().waitFor();
    assert.equal(await page.getByRole('button', { name: 'Again' }).count(), 0);
    assert.deepEqual(requests, []);
  });
});

test('the trace viewer for everybody, at every width', { skip }, async () => {
  const { url } = await program('phone', '--trace', traces());
  for (const colorScheme of /** @type {('light' | 'dark')[]} */ (['light', 'dark'])) {
    for (const width of [320, 390, 1000, 1280]) {
      await onPage(url, async (page) => {
        assert.ok((await page.evaluate(() => document.documentElement.scrollWidth)) <= width, `${width}: scrolls sideways`);
        await page.evaluate(readFileSync(axeFile, 'utf8'));
        const found = await page.evaluate(async () => (await /** @type {any} */ (window).axe.run()).violations.map(
          (/** @type {any} */ v) => `${v.id}: ${v.nodes.map((/** @type {any} */ n) => n.html).join('\n  ')}`));
        assert.deepEqual(found, [], `${width}, ${colorScheme}`);
      }, { colorScheme, bypassCSP: true, viewport: { width, height: 800 } });
    }
  }
});
