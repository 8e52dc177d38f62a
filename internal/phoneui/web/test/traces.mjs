// Traces of scenarios that fail, for tests and pictures.
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import assert from 'node:assert/strict';
import { commandIn, newFolder } from './browser.mjs';

/** Plays two scenarios that fail and returns the folder of their traces. */
export function traces() {
  const folder = newFolder();
  writeFileSync(join(folder, 'booking.yaml'), `name: the wrong screen
open: {token: "test-\${random}"}
steps:
  - fill: {service: haircut}
  - tap: Choose a time
  - fill: {day: {pick: first}}
  - expect: {screen: DETAILS}
---
name: too early
open: {token: "test-\${random}"}
steps:
  - tap: Choose a time
`);
  try {
    commandIn(folder, 'play', 'booking.yaml', '--trace', 'traces');
    assert.fail('the scenarios pass');
  } catch (problem) {
    assert.match(String(/** @type {any} */ (problem).stdout), /2 traces in/);
  }
  return join(folder, 'traces');
}
