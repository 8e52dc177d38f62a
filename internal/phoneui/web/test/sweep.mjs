// Draws the first screen of many Flow JSON files and reports what axe and the console say:
//
//	node sweep.mjs ../../../../phone/testdata/gallery
//	node sweep.mjs FOLDER --no-axe
import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';
import { openBrowser, closeBrowser, program, onPage } from './browser.mjs';

const axeFile = createRequire(import.meta.url).resolve('axe-core/axe.min.js');
const folder = resolve(process.argv[2] ?? '.');
const withAxe = process.argv[3] !== '--no-axe';
let wrong = 0;

await openBrowser();
const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((f) => f.endsWith('.json') && !f.endsWith('.view.json'));
for (const file of files) {
  try {
    const { url, stop } = await program('phone', '--flow-json', join(folder, file));
    for (const colorScheme of /** @type {('light' | 'dark')[]} */ (withAxe ? ['light', 'dark'] : ['light'])) {
      await onPage(url, async (page) => {
        await page.locator('.part, .failure').first().waitFor();
        const failed = await page.locator('.failure').count();
        const unknown = await page.locator('.unknown').count();
        if (failed || unknown) console.log(`${file}: ${failed} error pages, ${unknown} unknown components`);
        if (!withAxe) return;
        await page.evaluate(readFileSync(axeFile, 'utf8'));
        const found = await page.evaluate(async () => (await /** @type {any} */ (window).axe.run()).violations.map(
          (/** @type {any} */ v) => `${v.id}: ${v.nodes.map((/** @type {any} */ n) => n.html).join('\n  ')}`));
        if (found.length) throw new Error(`${colorScheme}: ${found.join('\n')}`);
      }, { colorScheme, bypassCSP: withAxe });
    }
    await stop();
  } catch (problem) {
    wrong++;
    console.log(`${file}: ${problem instanceof Error ? problem.message : problem}`);
  }
}
await closeBrowser();
console.log(`${files.length} files, ${wrong} with problems`);
process.exitCode = wrong ? 1 : 0;
