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
    const now = page.locator('[aria-current=step]');
    await page.locator('.step-details .banner', { hasText: 'want DETAILS, got "SLOT"' }).waitFor(); // the one that failed comes first
    assert.match(await now.innerText(), /expect[\s\S]*screen: DETAILS/);
    assert.equal(await page.getByRole('heading', { name: 'Day and time' }).isVisible(), true);

    await page.locator('#step-0').click();
    await page.locator('.exchange', { hasText: '"action": "INIT"' }).waitFor();
    await page.getByRole('heading', { name: 'Book a visit' }).waitFor();
    assert.equal(await page.getByLabel('Haircut').isChecked(), false);
    await page.keyboard.press('ArrowDown');
    await page.locator('#step-1[aria-current=step]').waitFor();
    assert.equal(await page.getByLabel('Haircut').isChecked(), true);
    assert.equal(await page.evaluate(() => document.activeElement?.id), 'step-1');
    await button(page, 'Next').click();
    await page.locator('.exchange', { hasText: 'goes to SLOT' }).waitFor();
    await page.reload(); // stays on the step
    assert.match(await now.innerText(), /tap[\s\S]*Choose a time/);
    await button(page, 'Show the step that failed').click();
    assert.match(await now.innerText(), /expect/);
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
