// The phone: its chat, and the sheet that a Flow opens.
// @ts-check
import { html, nothing } from './vendor/lit-html/lit-html.js';
import { repeat } from './vendor/lit-html/directives/repeat.js';
import { model, send, update, openMessage, replay, look, nextLook } from './model.js';
import { part } from './parts.js';
import { overlaySheet, sheetFor } from './pickers.js';
/** @import { View, Footer, Failure } from './api.d.ts' */

const paths = {
  close: 'M5 5l14 14M19 5L5 19',
  back: 'M20 12H4m7-7-7 7 7 7',
  more: 'M12 5v.01M12 12v.01M12 19v.01',
  down: 'M6 9l6 6 6-6',
  next: 'M9 6l6 6-6 6',
  previous: 'M15 6l-6 6 6 6',
  check: 'M5 12.5l4.5 4.5L19 7.5',
  search: 'M10.5 17a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM15.5 15.5L21 21',
  calendar: 'M4 7a2 2 0 0 1 2-2h12a2 2 0 0 1 2 2v11a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2zM4 10h16M8 3v4m8-4v4',
  eye: 'M2 12s3.5-6.5 10-6.5S22 12 22 12s-3.500 6.500-10 6.500S2 12 2 12zM12 15a3 3 0 1 0 0-6 3 3 0 0 0 0 6z',
  photo: 'M4 6a2 2 0 0 1 2-2h12a2 2 0 0 1 2 2v12a2 2 0 0 1-2 2H6a2 2 0 0 1-2-2zM4 17l5-5 4 4 3-3 4 4M15.500 8.500v.01',
  document: 'M6 3h8l5 5v13H6zM14 3v5h5M9 13h6M9 17h6',
  restart: 'M4 12a8 8 0 1 0 2.600-5.900M4 4v4.500h4.500',
  sun: 'M12 16a4 4 0 1 0 0-8 4 4 0 0 0 0 8zM12 2v2m0 16v2M2 12h2m16 0h2M5 5l1.400 1.400m11.200 11.200L19 19M19 5l-1.400 1.400M6.400 17.600 5 19',
  moon: 'M20 14.500A8.500 8.500 0 0 1 9.500 4 8.500 8.500 0 1 0 20 14.500z',
  auto: 'M12 3a9 9 0 1 0 0 18zM12 3a9 9 0 0 1 0 18',
  warn: 'M12 8v5m0 3.500v.01M10.300 4 2.800 17.500A2 2 0 0 0 4.500 20.500h15a2 2 0 0 0 1.700-3L13.700 4a2 2 0 0 0-3.400 0z',
  edit: 'M4 20l1-4.500L16 4.500l3.500 3.500L8.500 19zM13.500 7l3.500 3.500',
  save: 'M12 4v11m-5-5 5 5 5-5M5 20h14',
  copy: 'M9 9h10v11H9zM15 9V5H5v11h4',
  link: 'M10 14a4 4 0 0 0 6 .500l3-3a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6-.500l-3 3a4 4 0 0 0 6 6l1-1',
};

/** @param {string} name a key of paths; ours, drawn for this page */
export const icon = (name) =>
  html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d=${paths[/** @type {keyof typeof paths} */ (name)]}></path></svg>`;

export function phone() {
  const v = model.view;
  return html`
    <div class="device" lang=${model.boot.locale || nothing} dir=${model.boot.direction || nothing} data-theme=${look('phone')} data-platform=${look('platform')}>
      <div class="glass" @pointerover=${hover}>
        ${chat(v)}
        ${v.open ? sheet(v) : nothing}
      </div>
    </div>`;
}

/** @param {PointerEvent} e */
function hover(e) {
  const at = /** @type {HTMLElement} */ (e.target).closest('[data-at]')?.getAttribute('data-at') ?? '';
  if (at === model.hover) return;
  model.hover = at;
  model.outlined = '';
  update();
}

/** @param {View} v */
const chat = (v) => html`
  <div class="chat" ?inert=${v.open}>
    <div class="status-bar" aria-hidden="true"><span>9:41</span><span class="battery"></span></div>
    <div class="contact"><span class="avatar" aria-hidden="true">B</span><div><b>Your business</b><small>business account</small></div></div>
    <div class="messages">
      <div class="bubble">
        <p>Hello! Tap below to begin.</p>
        <button class="open" ?disabled=${!v.message.usable} @click=${() => send({ type: 'reopen' })}>
          ${v.message.usable ? (v.message.resumes ? 'Continue' : 'Open') : 'No longer available'}
        </button>
      </div>
      ${v.ended ? reply(v) : nothing}
      ${v.open ? nothing : html`<button class="again" @click=${() => openMessage()}>Send a new message</button>`}
    </div>
  </div>`;

/** @param {View} v */
const reply = (v) => html`
  <div class="bubble ours" role="status">
    <p><b>${v.ended?.params ? 'Response sent' : 'Flow closed without a reply'}</b></p>
    ${v.ended && !v.ended.success ? html`<p class="soft">The terminal screen says success: false.</p>` : nothing}
    ${v.ended?.summary?.length
      ? html`<dl>${v.ended.summary.map((row) => html`<div><dt><bdi>${row.label}</bdi></dt><dd><bdi>${row.value}</bdi></dd></div>`)}</dl>`
      : nothing}
  </div>`;

/** @param {View} v */
function sheet(v) {
  const failed = v.failure && !v.failure.overlay;
  const covered = !!model.overlay || !!v.failure?.overlay;
  return html`
    <div class="sheet" role="dialog" aria-labelledby="title" aria-busy=${v.loading}>
      <header class="head" ?inert=${covered}>
        <button class="round" aria-label=${v.canGoBack && !failed ? 'Back' : 'Close'} @click=${() => send({ type: v.canGoBack && !failed ? 'back' : 'close' })}>
          ${icon(v.canGoBack && !failed ? 'back' : 'close')}
        </button>
        <h2 id="title" tabindex="-1"><bdi>${v.title || html`<span class="hide">${failed ? 'Error' : 'Loading'}</span>`}</bdi></h2>
        <button class="round" id="menu" aria-label="Menu" aria-haspopup="dialog" @click=${() => cover('menu')}>${icon('more')}</button>
      </header>
      ${v.loading && v.screen ? html`<div class="progress" role="progressbar" aria-label="Waiting for the answer"></div>` : nothing}
      ${failed && v.failure
        ? failurePage(v.failure)
        : !v.screen
          ? html`<div class="waiting" role="status"><span class="spinner"></span><span class="hide">Loading</span></div>`
          : html`
              ${repeat([v], (shown) => `${shown.screen} ${shown.history.length}`, () => html`
                <div class="screen" ?inert=${covered || v.loading}><div class="parts">${repeat(v.parts, (p) => p.at, part)}</div></div>`)}
              ${v.footer ? footer(v, v.footer, covered) : nothing}`}
      <div role="status">${v.snackbar
        ? html`<button class="snackbar" @click=${() => send({ type: 'dismiss' })}><span dir="auto">${v.snackbar}</span></button>`
        : nothing}</div>
      ${v.failure?.overlay ? draftOverlay(v.failure) : overlay(v)}
    </div>`;
}

/** @param {View} v @param {Footer} f @param {boolean} covered */
const footer = (v, f, covered) => html`
  <footer class="foot" ?inert=${covered} data-at=${f.at} data-outlined=${f.at === model.outlined}>
    ${f.left || f.right ? html`<div class="captions"><span dir="auto">${f.left}</span><span dir="auto">${f.right}</span></div>` : nothing}
    ${f.center ? html`<div class="captions middle"><span dir="auto">${f.center}</span></div>` : nothing}
    <button class="cta" id="cta" aria-disabled=${!f.enabled || v.loading} aria-busy=${v.loading} @click=${() => v.loading || (f.enabled ? send({ type: 'tap', at: f.at }) : cover('why'))}>
      ${v.loading ? html`<span class="spinner"></span>` : nothing}<span dir="auto">${f.label}</span>
    </button>
    <p class="managed">Managed by Your business. <span class="accent">Learn more</span></p>
  </footer>`;

/** @param {Failure} f */
const failurePage = (f) => html`
  <div class="failure" role="alert">
    <span class="failure-mark">${icon('warn')}</span>
    <p class="failure-title">Something went wrong</p>
    <p dir="auto">${f.text}</p>
    ${f.retry
      ? html`<button class="cta" @click=${() => send({ type: 'retry' })}>Try again</button>`
      : html`<button class="cta" @click=${() => send({ type: 'close' })}>Close</button>`}
  </div>`;

/** @param {Failure} f */
const draftOverlay = (f) =>
  overlaySheet(f.text, () => send({ type: 'dismiss' }), html`<p class="draft">${f.detail}</p>
    <button class="cta" @click=${() => send({ type: 'dismiss' })}>Close</button>`);

/** @param {'why' | 'menu'} kind */
function cover(kind) {
  model.overlay = { kind, at: '' };
  update();
}

export function uncover() {
  model.overlay = null;
  update();
}

/** @param {View} v */
function overlay(v) {
  if (!model.overlay) return nothing;
  switch (model.overlay.kind) {
    case 'why':
      return overlaySheet('Why the button is off', uncover, html`
        <p class="soft">A phone does not say; this page does.</p>
        <ul class="why">${v.footer?.why?.map((reason) => html`<li dir="auto">${reason}</li>`)}</ul>`);
    case 'menu':
      return overlaySheet('Menu', uncover, html`<div class="menu">${menu(v)}</div>`);
    default:
      return sheetFor(v, model.overlay, uncover);
  }
}

/** @param {View} v */
const menu = (v) => [
  item('New message', 'with a new token', () => openMessage()),
  item('Replay to here', 'the same steps with a new token (key R)', () => replay()),
  item('Close the Flow', 'the message stays', () => send({ type: 'close' })),
  v.rules === 'draft'
    ? item('Play it as published', 'errors are pages, as customers see them', () => send({ type: 'rules', rules: 'published' }))
    : item('Play it as a draft', 'errors are shown over the screen', () => send({ type: 'rules', rules: 'draft' })),
  item(`Theme of the phone: ${look('phone')}`, 'the desk has its own', () => nextLook('phone')),
  item(`Platform: ${look('platform')}`, 'corners, title and sheets', () => nextLook('platform')),
];

/** @param {string} title @param {string} note @param {() => void} act */
const item = (title, note, act) => html`
  <button class="row" @click=${() => { uncover(); act(); }}><span>${title}<small>${note}</small></span></button>`;

// Focus follows the screen: to its title when it is new, and back to where it was when
// the user returns.
let shown = '';
let waited = false; // while an exchange is under way, nothing on the screen has the focus
/** @type {Map<string, string>} */
const left = new Map();
document.addEventListener('focusin', (e) => {
  const id = /** @type {HTMLElement} */ (e.target).id;
  if (id && id !== 'title') left.set(shown, id);
});

// The element that had the focus before a dialog came over the screen.
let before = '';
let covered = false;

/** A dialog over the screen gets the focus, and gives it back. */
function moveFocus() {
  const over = document.querySelector('.over');
  if (!!over === covered) return;
  covered = !!over;
  if (!over) return document.getElementById(before)?.focus({ preventScroll: true });
  before = document.activeElement?.id ?? '';
  const first = over.querySelector('.search input, [role=option][tabindex="0"], .day[tabindex="0"]') ?? over.querySelector('h2');
  /** @type {HTMLElement | null} */ (first)?.focus({ preventScroll: first?.tagName === 'H2' });
}

/** Runs after each drawing. */
export function afterPaint() {
  moveFocus();
  const v = model.view;
  const key = v.open ? `${v.screen} ${v.history.length} ${v.failure?.kind ?? ''}` : '';
  if (key === shown) {
    if (waited && !v.loading && document.activeElement === document.body) document.getElementById(left.get(key) ?? '')?.focus({ preventScroll: true });
    waited = v.loading;
    return;
  }
  waited = v.loading;
  const first = shown === '';
  shown = key;
  const active = document.activeElement;
  if (!v.open || (active !== document.body && !active?.closest('.device')) || (first && active === document.body)) return;
  const back = document.getElementById(left.get(key) ?? '');
  (back ?? document.getElementById('title'))?.focus({ preventScroll: true });
}
