// What the browser tests share: the program, the browser, and pages that must stay
// without messages in the console.
import { execFileSync, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { before, after } from 'node:test';
import assert from 'node:assert/strict';

/** @import { Browser, Page, BrowserContextOptions } from 'playwright-core' */

const root = new URL('../../../../', import.meta.url).pathname;
export const galleryFile = new URL('gallery.json', import.meta.url).pathname;
const chromium = process.env['CHROMIUM'] ?? '/usr/bin/chromium';

/** Why the tests cannot run; false if they can. FLOWSERVER_REQUIRE_BROWSER insists. */
export const skip = process.env['FLOWSERVER_REQUIRE_BROWSER'] || existsSync(chromium) ? false : `there is no ${chromium}`;

let folder = '';
/** @type {Browser} */
let browser;
/** @type {import('node:child_process').ChildProcess[]} */
const started = [];

/** Builds the program and starts the browser. */
export async function openBrowser() {
  const { chromium: driver } = await import('playwright-core');
  folder = mkdtempSync(join(tmpdir(), 'phone-'));
  execFileSync('go', ['build', '-o', join(folder, 'flowserver'), './cmd/flowserver'], { cwd: root });
  browser = await driver.launch({
    executablePath: chromium,
    args: ['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
  });
}

/** Ends the browser and all programs. */
export async function closeBrowser() {
  await browser?.close();
  for (const child of started) child.kill();
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}

if (!skip && process.env['NODE_TEST_CONTEXT']) {
  before(openBrowser);
  after(closeBrowser);
}

/** A folder that is gone after the tests. */
export const newFolder = () => mkdtempSync(join(folder, 'run-'));

/**
 * Starts the program and returns the address of its phone.
 * @param {string[]} args
 * @returns {Promise<{ url: string, stop: () => Promise<void> }>}
 */
export async function program(...args) {
  const ports = args[0] === 'dev'
    ? ['--listen', '127.0.0.1:0', '--admin', '127.0.0.1:0', '--phone-listen', '127.0.0.1:0']
    : args.includes('--listen') ? [] : ['--listen', '127.0.0.1:0'];
  const child = spawn('flowserver', [...args, ...ports], { cwd: newFolder(), env: { ...process.env, PATH: `${folder}:${process.env['PATH']}` } });
  started.push(child);
  let out = '';
  const url = await new Promise((resolve, reject) => {
    /** @param {Buffer} data */
    const read = (data) => {
      out += data;
      const found = /phone {2}(http:\S+)/.exec(out);
      if (found) resolve(found[1]);
    };
    child.stdout.on('data', read);
    child.stderr.on('data', read);
    child.once('exit', (code) => reject(new Error(`flowserver ${args.join(' ')} ended with ${code}:\n${out}`)));
  });
  const stop = () => new Promise((resolve) => {
    child.removeAllListeners('exit');
    child.once('exit', () => resolve(undefined));
    child.kill();
  });
  return { url, stop: /** @type {() => Promise<void>} */ (stop) };
}

/** Runs a command and returns what it prints. @param {string[]} args */
export const command = (...args) => commandIn(folder, ...args);
/** @param {string} cwd @param {string[]} args */
export const commandIn = (cwd, ...args) => execFileSync(join(folder, 'flowserver'), args, { encoding: 'utf8', cwd });

/**
 * Opens a page, runs a test on it, and fails if the console has a message.
 * @param {string} url
 * @param {(page: Page) => Promise<void>} test
 * @param {BrowserContextOptions} [options]
 */
export async function onPage(url, test, options) {
  const context = await browser.newContext({ viewport: { width: 1320, height: 860 }, reducedMotion: 'reduce', ...options });
  const page = await context.newPage();
  page.setDefaultTimeout(30_000); // for busy machines
  /** @type {string[]} */
  const messages = [];
  page.on('console', (m) => messages.push(`${m.type()}: ${m.text()}`));
  page.on('pageerror', (e) => messages.push(String(e)));
  await page.goto(url);
  await page.locator('.device').waitFor();
  try {
    await test(page);
  } finally {
    await context.close();
  }
  assert.deepEqual(messages, [], 'the console has messages');
}

/** @param {Page} page @param {string} name */
export const button = (page, name) => page.getByRole('button', { name, exact: true });

/** Plays the demo from its first screen to DETAILS. @param {Page} page */
export async function toDetails(page) {
  await page.getByLabel('Haircut').check();
  await button(page, 'Choose a time').click();
  await page.getByRole('button', { name: /^Day/ }).click();
  await page.getByRole('option').first().click();
  await page.getByRole('button', { name: /^Time/, disabled: false }).click();
  await page.getByRole('option').first().click();
  await button(page, 'Continue').click();
  await page.getByRole('heading', { name: 'About you' }).waitFor();
}
