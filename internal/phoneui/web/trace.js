// The trace viewer: the steps of a scenario that failed, and for each what the phone showed
// and what went over the network.
// @ts-check
import { html, render, nothing } from './vendor/lit-html/lit-html.js';
import { model, update, onUpdate, look, nextLook } from './model.js';
import { phone, icon, afterPaint } from './phone.js';
import { exchange, sentence } from './inspector.js';
/** @import { TraceStep, Traced } from './api.d.ts' */

const { traces, id, trace } = /** @type {Traced} */ (model.boot.traced);
const failed = trace.steps.findIndex((s) => s.error);
let at = -1;

/** Shows a step. @param {number} n @param {boolean} [focus] moves the focus to it */
function go(n, focus) {
  const step = trace.steps[n];
  if (!step || n === at) return;
  at = n;
  model.view = step.view;
  model.overlay = null;
  history.replaceState(null, '', `/?trace=${encodeURIComponent(id)}&step=${n + 1}`);
  update();
  requestAnimationFrame(() => {
    const row = document.getElementById(`step-${n}`);
    row?.scrollIntoView({ block: 'nearest' });
    if (focus) row?.focus({ preventScroll: true });
  });
}

const page = () => html`
  <main class="viewer">
    <header class="bar">
      <h1><span class="mark" aria-hidden="true"></span>flowserver trace</h1>
      <button class="chip round-chip" title=${`Theme: ${look('desk')}`} aria-label=${`Theme: ${look('desk')}`} @click=${() => nextLook('desk')}>
        ${icon({ system: 'auto', light: 'sun', dark: 'moon' }[look('desk')])}</button>
    </header>
    <section class="steps" aria-label="Scenario">
      ${traces.length > 1
        ? html`<select class="which" aria-label="Trace" @change=${(/** @type {any} */ e) => location.assign(`/?trace=${encodeURIComponent(e.target.value)}`)}>
            ${traces.map((t) => html`<option value=${t.id} ?selected=${t.id === id}>${t.name}</option>`)}</select>`
        : html`<h2>${trace.name}</h2>`}
      <p class="soft place">${trace.file}:${trace.line}</p>
      <ol class="step-list">${trace.steps.map(row)}</ol>
      ${reason(trace.steps[at])}
    </section>
    <section class="show" aria-label="Device">${at < 0 ? nothing : phone()}</section>
    <section class="step-details panel" aria-label="Step" tabindex="0">${details(trace.steps[at])}</section>
    ${model.notice ? html`<p class="toast" role="status">${sentence(model.notice)}</p>` : nothing}
  </main>`;

/** @param {TraceStep} s @param {number} n */
function row(s, n) {
  const [verb, rest] = split(s.text);
  return html`
    <li><button class="step" id=${`step-${n}`} aria-current=${n === at ? 'step' : 'false'} data-wrong=${!!s.error} @click=${() => go(n)}>
      <span class="ln">${s.line}</span>
      <span class="what"><b>${verb}</b> ${rest}</span>
      ${s.error ? html`<span class="step-mark">${icon('warn')}<span class="hide">failed</span></span>` : nothing}
      ${s.exchanges.filter((e) => !e.notice).map((e) => html`<span class="code" data-ok=${e.status === 200}>${e.status || 'none'}</span>`)}
    </button></li>`;
}

/** The verb of a step and what follows it. @param {string} text */
function split(text) {
  const colon = text.indexOf(': ');
  return colon < 0 ? [text, ''] : [text.slice(0, colon), text.slice(colon + 2)];
}

/** Why a step failed. It is below the steps on narrow pages, and above the details on others. @param {TraceStep | undefined} s */
const reason = (s) => (s?.error ? html`<p class="banner wrong"><b>This step failed.</b> ${s.error}</p>` : nothing);

/** @param {TraceStep | undefined} s */
function details(s) {
  const why = html`<pre class="reason">${trace.failure}</pre>`;
  if (!s) return html`<div class="banner wrong" role="alert"><b>The scenario could not begin.</b></div>${why}`;
  const screen = s.view.ended ? 'the Flow has ended' : !s.view.open ? 'the Flow is closed' : s.view.failure ? 'an error page' : s.view.screen;
  return html`
    ${reason(s)}
    <div class="now"><span>Step ${at + 1} of ${trace.steps.length}</span>
      <button class="chip" ?disabled=${at === 0} @click=${() => go(at - 1)}>${icon('previous')}<span>Previous</span></button>
      <button class="chip" ?disabled=${at === trace.steps.length - 1} @click=${() => go(at + 1)}><span>Next</span>${icon('next')}</button>
      ${failed >= 0 && failed !== at ? html`<button class="chip round-chip" title="Show the step that failed" aria-label="Show the step that failed" @click=${() => go(failed)}>${icon('warn')}</button>` : nothing}</div>
    <section><h2>Step <span class="soft">${s.file}:${s.line}</span></h2><pre class="yaml">- ${s.text}</pre>
      <p class="soft">Then the phone shows ${screen}.</p></section>
    ${s.view.footer?.why?.length && s.view.open ? html`<section><h2>Why the button is off</h2><ul class="why">${s.view.footer.why.map((w) => html`<li>${w}</li>`)}</ul></section>` : nothing}
    <section><h2>Exchanges</h2>${s.exchanges.length ? s.exchanges.map((e) => exchange(e, true)) : html`<p class="soft">The step asked the endpoint for nothing.</p>`}</section>
    ${s.error ? html`<section><h2>The whole report</h2>${why}</section>` : nothing}`;
}

onUpdate(() => {
  document.documentElement.dataset['theme'] = look('desk');
  render(page(), document.body);
  afterPaint();
});

document.addEventListener('keydown', (e) => {
  const by = { ArrowDown: 1, ArrowUp: -1 }[e.key];
  const target = /** @type {HTMLElement} */ (e.target);
  if (!by || e.ctrlKey || e.metaKey || e.altKey || !(target === document.body || target.closest('.steps')) || target.matches('select')) return;
  e.preventDefault();
  go(at + by, true);
});

document.body.replaceChildren();
const asked = Number(new URLSearchParams(location.search).get('step')) - 1;
go(trace.steps[asked] ? asked : failed >= 0 ? failed : trace.steps.length - 1);
update();
