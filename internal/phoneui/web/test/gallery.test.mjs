// Every component: accessibility in both themes, narrow pages, right to left, pickers.
import { test } from 'node:test';
import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { skip, program, onPage, button, toDetails, galleryFile, newFolder } from './browser.mjs';

/** @import { Page } from 'playwright-core' */

const screens = ['TEXTS', 'CHOICES', 'DATES', 'PICTURES', 'LIST', 'RULES'];
const axeFile = createRequire(import.meta.url).resolve('axe-core/axe.min.js');

/** @param {string} screen @param {string[]} args */
const gallery = (screen, ...args) => program('phone', '--flow-json', galleryFile, '--start', 'navigate', '--screen', screen, ...args);

/** Fails if axe finds anything. @param {Page} page @param {string} where */
async function axe(page, where) {
  await page.evaluate(readFileSync(axeFile, 'utf8'));
  const found = await page.evaluate(async () => (await /** @type {any} */ (window).axe.run()).violations.map(
    (/** @type {any} */ v) => `${v.id}: ${v.nodes.map((/** @type {any} */ n) => n.html).join('\n  ')}`));
  assert.deepEqual(found, [], where);
}

for (const screen of screens) {
  test(`${screen}: no violation in either theme, no sideways scrolling at 320 px`, { skip }, async () => {
    const { url, stop } = await gallery(screen);
    for (const colorScheme of /** @type {const} */ (['light', 'dark'])) {
      await onPage(url, async (page) => {
        await page.locator('.part').first().waitFor();
        await axe(page, `${screen}, ${colorScheme}`);
        for (const tab of ['State', 'Flow JSON', 'Weather', 'Chat']) {
          await page.getByRole('tab', { name: tab }).click();
          await page.waitForTimeout(100);
          if (screen === 'TEXTS') await axe(page, `${tab}, ${colorScheme}`);
        }
        assert.equal(await page.locator('.unknown').count(), 0);
      }, { colorScheme, bypassCSP: true });
      await onPage(url, async (page) => {
        await page.locator('.part').first().waitFor();
        for (const [what, wide] of await page.evaluate(() => ['html', '.screen', '.parts'].map((s) => {
          const el = /** @type {HTMLElement} */ (document.querySelector(s));
          return /** @type {const} */ ([s, el.scrollWidth - el.clientWidth]);
        }))) assert.ok(wide <= 0, `${what} is ${wide} px too wide`);
        await axe(page, `${screen}, ${colorScheme}, 320 px`);
      }, { colorScheme, bypassCSP: true, viewport: { width: 320, height: 640 } });
    }
    await stop();
  });
}

test('no violation in sheets, with a snackbar, after the end, and on an error page', { skip }, async () => {
  const { url } = await program('dev');
  await onPage(url, async (page) => {
    await page.locator('#cta').click({ force: true }); // it is off
    await page.getByRole('heading', { name: 'Why the button is off' }).waitFor();
    await axe(page, 'why the button is off');
    await page.keyboard.press('Escape');
    await button(page, 'Menu').click();
    await page.getByRole('heading', { name: 'Menu' }).waitFor();
    await axe(page, 'menu');
    await page.keyboard.press('Escape');
    await toDetails(page);
    await page.getByLabel('Name').fill('Ada Lovelace');
    await page.getByLabel('Email').fill('ada@example.com');
    await page.getByLabel(/^Phone/).fill('12');
    await button(page, 'Continue').click();
    await page.locator('.snackbar').waitFor();
    await axe(page, 'snackbar');
    await page.getByLabel(/^Phone/).fill('');
    await button(page, 'Continue').click();
    await page.getByLabel('I accept the terms').check();
    await button(page, 'Book').click();
    await page.getByText('Response sent').waitFor();
    await axe(page, 'ended');
    await page.getByRole('tab', { name: 'Weather' }).click();
    await button(page, 'Open the same token again').click();
    await page.locator('.failure').waitFor();
    await axe(page, 'error page');
  }, { bypassCSP: true });
});

test('a policy that no page of ours breaks', { skip }, async () => {
  const { url } = await gallery('TEXTS');
  await onPage(url, async (page) => {
    for (const screen of screens.slice(1, 4)) {
      if (screen === 'CHOICES') {
        await page.getByLabel('Name').fill('Ada');
        await page.getByLabel('Email').fill('ada@example.com');
        await page.getByLabel('I accept the terms').check();
        await page.getByText('Thank you').waitFor(); // If
        await page.getByRole('button', { name: 'Read the terms' }).click();
        assert.equal(await page.getByRole('link', { name: 'Open example.com' }).getAttribute('rel'), 'noreferrer noopener');
        await page.keyboard.press('Escape');
      }
      if (screen === 'DATES') {
        await page.getByLabel('Sea view').check();
        await page.getByRole('button', { name: /^Floor/ }).click();
      }
      if (screen === 'DATES') {
        await page.getByRole('textbox', { name: 'Search', exact: true }).fill('floor 17');
        await page.getByRole('option').nth(1).waitFor({ state: 'detached' });
        await page.getByRole('option', { name: 'Floor 17' }).click();
        await page.getByRole('button', { name: 'Floor Floor 17' }).waitFor();
      }
      await button(page, 'Continue').click();
      await page.locator('#title').filter({ hasText: { CHOICES: 'Choices', DATES: 'Dates', PICTURES: 'Pictures' }[screen] ?? '' }).waitFor();
    }
    for (const tab of await page.getByRole('tab').all()) await tab.click();
  });
});

test('the phone and the Flow JSON point at each other', { skip }, async () => {
  const { url } = await gallery('TEXTS');
  await onPage(url, async (page) => {
    await page.getByRole('tab', { name: 'Flow JSON' }).click();
    await page.locator('.part[data-type=OptIn]').hover();
    await page.locator('.src[data-lit=true]').first().filter({ hasText: '"OptIn"' }).waitFor();
    await page.locator('.src', { hasText: '"passcode"' }).click();
    await page.locator('.part[data-outlined=true]').getByLabel('Promo code').waitFor();
  });
});

test('choices: chips at their maximum, boxes, a radio that can be taken back', { skip }, async () => {
  const { url } = await gallery('CHOICES');
  await onPage(url, async (page) => {
    await button(page, 'Food').click();
    await button(page, 'Art').click();
    await page.locator('.pill[aria-pressed=true]').nth(1).waitFor();
    await page.getByRole('checkbox', { name: /^Car/ }).check();
    await page.getByRole('checkbox', { name: /^Guide/, disabled: true }).waitFor();
    await page.getByRole('checkbox', { name: /^Car/ }).uncheck();
    await page.getByLabel('Sea view').check();
    await page.getByLabel('Sea view').focus();
    await page.keyboard.press('ArrowDown');
    await page.getByRole('radio', { name: /^City view/, checked: true }).waitFor();
  });
});

/** A day of the calendar. @param {Page} page @param {string} date */
const day = (page, date) => page.getByRole('button', { name: new RegExp(`^\\w+,? ${date}$`) });

test('keys of the calendar and of the tabs', { skip }, async () => {
  const { url } = await gallery('DATES');
  await onPage(url, async (page) => {
    const day = async () => (await page.locator('.day:focus').getAttribute('id'))?.replace('day-', '') ?? '';
    await button(page, 'Birthday').click();
    await page.locator('.day:focus').waitFor();
    const first = await day();
    /** @type {[string, (from: string) => string][]} */
    const keys = [
      ['Shift+PageUp', (from) => `${Number(from.slice(0, 4)) - 1}${from.slice(4)}`.replace(/(29|30|31)$/, '28')],
      ['ArrowLeft', (from) => new Date(Date.parse(from) - 864e5).toISOString().slice(0, 10)],
    ];
    let at = first;
    for (const [key, want] of keys) {
      at = want(at);
      await page.keyboard.press(key);
      await page.locator(`#day-${at}:focus`).waitFor();
    }
    await page.keyboard.press('Home');
    await page.locator('tbody tr:has(.day:focus) td').first().locator('.day:focus').waitFor();
    await page.keyboard.press('End');
    await page.locator('tbody tr:has(.day:focus) td').last().locator('.day:focus').waitFor();
    await page.keyboard.press('Escape');
    await page.locator('.screen :focus, .phone :focus').filter({ hasText: 'Birthday' }).waitFor(); // the sheet gives the focus back
    await page.getByRole('tab', { selected: true }).focus();
    for (const [key, tab] of /** @type {const} */ ([['End', 'Chat'], ['ArrowRight', 'Exchanges'], ['ArrowLeft', 'Chat'], ['Home', 'Exchanges']])) {
      await page.keyboard.press(key);
      await page.locator('[role=tab]:focus', { hasText: tab }).waitFor();
    }
  });
});

test('dates: a day, days that cannot be picked, a span', { skip }, async () => {
  const { url } = await gallery('DATES');
  await onPage(url, async (page) => {
    await page.getByRole('button', { name: /^Arrival/ }).click();
    await day(page, '10 March 2027').click({ force: true }); // unavailable
    await day(page, '6 March 2027').click({ force: true }); // not a day of the week to pick
    await page.getByRole('dialog', { name: 'Arrival' }).waitFor();
    await day(page, '11 March 2027').click();
    await page.getByRole('button', { name: 'Arrival (optional) 11 Mar 2027' }).or(page.getByRole('button', { name: 'Arrival 11 Mar 2027' })).waitFor();

    await page.getByRole('button', { name: /^Birthday/ }).click();
    await page.getByLabel('Year').selectOption('1990');
    const first = page.locator('.day[id^="day-1990-"][tabindex="0"]');
    const from = (await first.getAttribute('id'))?.replace('day-', '') ?? '';
    for (const turn of ['Previous month', 'Next month']) {
      for (let i = 0; i < 12; i++) await button(page, turn).click();
    }
    await page.locator('option:checked', { hasText: '1990' }).waitFor({ state: 'attached' }); // the year follows the months
    await page.locator(`#day-${from}[tabindex="0"]`).focus();
    /** @param {string} key @param {string} to the day that has the focus then */
    const press = async (key, to) => {
      await page.keyboard.press(key);
      await page.locator(`#day-${to}:focus`).waitFor();
    };
    const next = new Date(Date.parse(from) + 864e5), before = new Date(next);
    before.setUTCMonth(next.getUTCMonth() - 1);
    await press('ArrowRight', next.toISOString().slice(0, 10));
    await press('PageUp', before.toISOString().slice(0, 10));
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: /^Birthday.* 1990/ }).waitFor();

    await page.getByRole('button', { name: /^From/ }).click();
    await day(page, '1 March 2027').click();
    await page.getByRole('dialog', { name: 'To' }).waitFor();
    await day(page, '5 March 2027').click();
    await page.getByRole('button', { name: /^To.* 5 Mar 2027/ }).waitFor();
    await page.getByRole('tab', { name: 'State' }).click();
    await page.getByText('"2027-03-05"').waitFor();
  });
});

test('files: a photo is picked and taken away', { skip }, async () => {
  const { url } = await gallery('PICTURES');
  await onPage(url, async (page) => {
    const png = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkaD9TDwADbAHHUmKnzQAAAABJRU5ErkJggg==', 'base64');
    await page.getByLabel(/^Photos of your passport/).setInputFiles({ name: 'passport.png', mimeType: 'image/png', buffer: png });
    await page.getByText('passport.png').waitFor();
    await button(page, 'Remove passport.png').click();
    await page.getByText('passport.png').waitFor({ state: 'detached' });
  });
});

test('a list leads on, and a reload goes on', { skip }, async () => {
  const { url } = await gallery('LIST');
  await onPage(url, async (page) => {
    await page.getByRole('button', { name: /Sea view/ }).click();
    await page.getByRole('heading', { name: 'Rules' }).first().waitFor();
    await page.reload();
    await page.getByRole('heading', { name: 'Rules' }).first().waitFor();
    await button(page, 'Done').click();
    await page.getByText('Response sent').waitFor();
  });
});

test('Markdown stays in line, and long words do not widen a screen', { skip }, async () => {
  const word = 'Donaudampfschifffahrtselektrizitaetenhauptbetriebswerk'.repeat(2);
  const options = ['a', 'b'].map((id) => ({ id, title: word.slice(0, 29) + id, description: word, metadata: word.slice(0, 20) }));
  const file = join(newFolder(), 'long.json');
  writeFileSync(file, JSON.stringify({ version: '7.1', screens: [{ id: 'LONG', title: word, terminal: true, layout: { type: 'SingleColumnLayout', children: [
    { type: 'RichText', text: ['Be **kind** now', '', `- ${word}`, '', `| ${word} | Price |`, '| --- | --- |', `| ${word} | 1 |`] },
    { type: 'TextInput', name: 'a', label: 'A', 'helper-text': word },
    { type: 'ChipsSelector', name: 'c', label: 'C', 'data-source': ['x', 'y'].map((id) => ({ id, title: word + id })) },
    { type: 'CheckboxGroup', name: 'g', label: 'G', 'data-source': options },
    { type: 'OptIn', name: 'o', label: word },
    { type: 'Footer', label: word.slice(0, 35), 'on-click-action': { name: 'complete', payload: {} } },
  ] } }] }));
  const { url } = await program('phone', '--flow-json', file);
  await onPage(url, async (page) => {
    const [kind, all] = [await page.getByText('kind', { exact: true }).boundingBox(), await page.getByText('Be kind now').boundingBox()];
    assert.ok(kind && all && all.height < 2 * kind.height, 'bold words are in the line');
    const wider = await page.evaluate(() => {
      const edge = document.querySelector('.screen')?.getBoundingClientRect().right ?? 0;
      return [...document.querySelectorAll('.screen *')].filter((e) => e.getBoundingClientRect().right > edge + 1).map((e) => e.outerHTML.slice(0, 80));
    });
    assert.deepEqual(wider, []);
  }, { viewport: { width: 320, height: 700 } });
});

test('a long snackbar leaves the screen usable', { skip }, async () => {
  const { url } = await program('dev');
  await onPage(url, async (page) => {
    await page.getByRole('tab', { name: 'Weather' }).click();
    const answer = page.getByLabel('The answer');
    const now = JSON.parse(await answer.inputValue()); // the newest one, which showed SERVICE
    await answer.fill(JSON.stringify({ ...now, data: { ...now.data, error_message: 'long '.repeat(2000) } }));
    await button(page, 'Answer the next request with this').click();
    await page.getByLabel('Haircut').check();
    await button(page, 'Choose a time').click();
    await page.locator('.snackbar').waitFor();
    await button(page, 'Menu').click();
    await page.getByRole('heading', { name: 'Menu' }).waitFor();
  });
});

test('right to left', { skip }, async () => {
  const { url } = await gallery('TEXTS');
  await onPage(url, async (page) => {
    await page.evaluate(() => (document.documentElement.dir = 'rtl'));
    const [label, box] = [await page.locator('.box label').first().boundingBox(), await page.locator('.box').first().boundingBox()];
    assert.ok(label && box && label.x + label.width > box.x + box.width - 30, 'the label begins at the right');
    assert.equal(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth), 0);
  });
});

test('a saved Flow JSON redraws the screen and keeps what was typed; a broken one shows its place', { skip }, async () => {
  const file = join(newFolder(), 'flow.json');
  copyFileSync(galleryFile, file);
  const { url } = await program('phone', '--flow-json', file);
  await onPage(url, async (page) => {
    await page.getByLabel('Name').fill('Ada');
    const text = readFileSync(file, 'utf8');
    writeFileSync(file, text.replace('Plan your trip', 'Plan your holiday'));
    await page.getByRole('heading', { name: 'Plan your holiday' }).waitFor();
    assert.equal(await page.getByLabel('Name').inputValue(), 'Ada');
    writeFileSync(file, text.replace('"screens": [', '"screens" [[['));
    await page.getByText('The Flow JSON cannot be read').waitFor();
    await page.getByText('line 3').waitFor();
  });
});

test('a press of R repeats the steps', { skip }, async () => {
  const { url } = await gallery('TEXTS');
  await onPage(url, async (page) => {
    await page.getByLabel('Name').fill('Ada');
    await page.getByLabel('I accept the terms').check();
    await page.getByText('Thank you').waitFor();
    await page.getByRole('tab', { name: 'Chat' }).click();
    await page.getByLabel('I accept the terms').focus(); // a box has no use for letters
    const token = await page.locator('.facts code').first().innerText();
    await page.keyboard.press('r');
    await page.locator('.facts code').first().filter({ hasNotText: token }).waitFor();
    await page.getByText('Thank you').waitFor();
    assert.equal(await page.getByLabel('Name').inputValue(), 'Ada');
  });
});
