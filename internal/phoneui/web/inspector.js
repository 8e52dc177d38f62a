// The inspector: its tabs, the list of exchanges, and JSON as text.
// @ts-check
import { html, nothing } from './vendor/lit-html/lit-html.js';
import { live } from './vendor/lit-html/directives/live.js';
import { repeat } from './vendor/lit-html/directives/repeat.js';
import { model, update, post, ofPhone, complain } from './model.js';
import { icon } from './phone.js';
import { bytes } from './parts.js';
import { statePanel, sourcePanel, keyPanel, recordPanel, weatherPanel, chatPanel, sourceCount, leaveSource, raining } from './panels.js';
/** @import { Exchange, Finding, Attempt } from './api.d.ts' */

/** @type {Record<string, { title: string, panel: () => unknown, count: () => unknown }>} */
const tabs = {
  phone: { title: 'Phone', panel: () => nothing, count: () => '' }, // on narrow pages
  exchanges: { title: 'Exchanges', panel: exchangesPanel, count: () => model.exchanges.length },
  state: { title: 'State', panel: statePanel, count: () => '' },
  source: { title: 'Flow JSON', panel: sourcePanel, count: sourceCount },
  key: { title: 'Key', panel: keyPanel, count: () => '' },
  record: { title: 'Record', panel: recordPanel, count: () => '' },
  weather: { title: 'Weather', panel: weatherPanel, count: () => (raining() ? 'on' : '') },
  chat: { title: 'Chat', panel: chatPanel, count: () => (model.view.ended ? 1 : '') },
};

let tab = Object.hasOwn(tabs, location.hash.slice(1)) ? location.hash.slice(1) : 'phone'; // a reload stays on it
/** @param {string} name */
export function showTab(name) {
  leaveSource();
  tab = name;
  history.replaceState(null, '', `#${name}`);
  update();
  requestAnimationFrame(() => document.getElementById(`tab-${tab}`)?.scrollIntoView({ inline: 'center', block: 'nearest' }));
}

/** @param {boolean} wide phone and inspector are next to each other */
export function inspector(wide) {
  const names = Object.keys(tabs).filter((name) => (!wide || name !== 'phone') && (name !== 'record' || model.boot.record));
  const now = wide && tab === 'phone' ? 'exchanges' : tab;
  document.body.dataset['tab'] = now;
  /** @param {KeyboardEvent} e */
  const keys = (e) => {
    const at = names.indexOf(now), to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: -1 }[e.key];
    if (to === undefined) return;
    showTab(names.at(to % names.length) ?? now);
    e.preventDefault();
    requestAnimationFrame(() => document.getElementById(`tab-${tab}`)?.focus());
  };
  return html`
    <section class="inspector" aria-label="Inspector">
      <div class="tabs" role="tablist" aria-label="Panels" @keydown=${keys}>
        ${names.map((name) => html`
          <button role="tab" id=${`tab-${name}`} aria-selected=${name === now} aria-controls="panel" tabindex=${name === now ? 0 : -1} @click=${() => showTab(name)}>
            <span data-title=${tabs[name]?.title}>${tabs[name]?.title}</span>${mark(tabs[name]?.count())}</button>`)}
      </div>
      <div class="panel" id="panel" role="tabpanel" aria-labelledby=${`tab-${now}`} tabindex="0">
        ${banner(now)}
        ${tabs[now]?.panel()}
      </div>
    </section>`;
}

/** @param {unknown} count */
const mark = (count) => (count === '' ? nothing : html`<span class="count">${count}</span>`);

/** What needs attention whatever the tab. @param {string} now the tab */
function banner(now) {
  const v = model.view;
  const told = now === 'exchanges' && model.exchanges.findLast((e) => !e.notice)?.verdict.kind === 'refused'; // there, with the reason
  const waited = v.loading ? (performance.now() - model.loadingSince) / 1000 : 0;
  return html`
    ${v.failure && !told ? html`<p class="banner wrong"><b>The phone shows an error.</b> ${sentence(v.failure.detail)}</p>` : nothing}
    ${waited > 5 ? html`<p class="banner warn"><b>Waiting for ${Math.floor(waited)} s.</b> A phone gives up after 10 s.</p>` : nothing}
    ${model.handler?.state === 'failed' ? html`<div class="banner wrong" role="alert"><b>The program cannot run.</b><pre>${model.handler.text}</pre></div>` : nothing}
    ${model.handler?.state === 'starting' || model.handler?.state === 'away' ? html`<p class="banner warn" role="status">${model.handler.text}</p>` : nothing}
    ${model.handler?.state === 'ready' ? html`<p class="banner good fade" role="status">${model.handler.text}</p>` : nothing}
    ${model.change.problem
      ? html`<p class="banner wrong"><b>The Flow JSON cannot be read</b>, line ${model.change.problem.line}, column ${model.change.problem.column}: ${model.change.problem.text}. The phone continues with the previous version.</p>`
      : model.change.stale
        ? html`<p class="banner warn"><b>The Flow JSON has changed.</b> The phone shows the new one; the handlers still have the one from the last build. Start the program again, or run it with --watch.</p>`
        : nothing}`;
}

/** @param {string} text with a full stop */
const full = (text) => (/[.!?]$/.test(text) ? text : `${text}.`);

/** @param {string} text that begins with a small letter, as errors do */
export const sentence = (text) => full(text.charAt(0).toUpperCase() + text.slice(1));

// --- exchanges

let wanted = '';
/** @type {Map<number, boolean>} exchanges that the user has opened or closed */
const toggled = new Map();
/** @type {Map<number, string>} texts under edit, by the exchange that they began as */
const drafts = new Map();

function exchangesPanel() {
  const all = [...model.exchanges].reverse();
  if (all.length === 0) {
    return model.boot.endpoint
      ? html`<div class="empty"><h2>No request yet</h2><p>Open the message on the phone. Each request and its answer appear here in the clear, with WhatsApp's reaction.</p></div>`
      : html`<div class="empty"><h2>There is no endpoint</h2><p>The phone shows the screens with their examples, and moves between them. To see a server answer, give its address:</p>
          <pre>flowserver phone http://127.0.0.1:3000/flow \\
  --flow-json FILE --public-key FILE \\
  --app-secret-file FILE</pre></div>`;
  }
  const newest = all.find((e) => !e.notice) ?? all[0];
  const found = wanted ? all.filter((e) => JSON.stringify(e).toLowerCase().includes(wanted.toLowerCase())) : all;
  return html`
    <div class="find">${icon('search')}<input aria-label="Search in the exchanges" placeholder="Search" .value=${live(wanted)} @input=${(/** @type {any} */ e) => { wanted = e.target.value; update(); }}></div>
    ${found.length === 0 ? html`<p class="soft">No exchange has this text.</p>` : nothing}
    ${repeat(found, (e) => e.n, (e) => exchange(e, e === newest))}`;
}

/** @param {Exchange} e @param {boolean} newest */
export function exchange(e, newest) {
  const open = toggled.get(e.n) ?? newest;
  return html`
    <article class="exchange" data-kind=${e.verdict.kind}>
      <h2><button class="exchange-head" aria-expanded=${open} @click=${() => { toggled.set(e.n, !open); update(); }}>
        <span class="n">${e.n}</span>
        <code class="action">${e.notice ? 'notice' : e.action}</code>
        <span class="way">${e.from || 'message'} <span aria-label="to">→</span> ${e.to || '—'}</span>
        ${e.faults?.map((f) => html`<span class="tag">${f}</span>`)}
        <span class="time" data-slow=${e.duration > 1e6}>${e.status ? ms(e.duration) : nothing}</span>
        <span class="code" data-ok=${e.status === 200}>${e.status || 'none'}</span>
      </button></h2>
      ${open ? details(e) : nothing}
    </article>`;
}

/** @param {Exchange} e */
function details(e) {
  const size = e.answer === null ? 0 : new Blob([JSON.stringify(e.answer)]).size;
  const text = e.verdict.text.replace(/^WhatsApp /, '');
  const does = e.findings?.some((f) => f.severity === 'error') ? text.split(': ', 1)[0] ?? '' : text; // the findings say why
  return html`
    <p class="verdict"><b>WhatsApp:</b> ${full(does)}
      ${e.notice ? (e.acknowledged ? ' The endpoint acknowledged it.' : ' The endpoint did not acknowledge it.') : nothing}</p>
    ${e.error && !text.includes(e.error) ? html`<p class="finding wrong">${sentence(e.error)}</p>` : nothing}
    ${e.reason ? html`<p class="finding"><b>The endpoint says:</b> ${e.reason}</p>` : nothing}
    ${e.findings?.map(finding)}
    ${e.log ? html`<div class="finding"><b>The handler's log</b><pre class="log">${e.log.join('\n')}</pre></div>` : nothing}
    ${e.duration > 1e6 ? html`<p class="finding"><b>Slow.</b> Meta asks for an answer within 1 s and lowers the limits of endpoints that need longer.</p>` : nothing}
    ${size > 100e3 ? html`<p class="finding"><b>Large.</b> The answer has ${bytes(size)}: phones on slow networks wait for it.</p>` : nothing}
    ${e.attempts.length > 1 || e.attempts[0]?.sent && e.attempts[0].error ? html`<ol class="attempts">${e.attempts.map(attempt)}</ol>` : nothing}
    <div class="sides">
      <div class="side"><h3>Request, clear <small>${bytes(new Blob([JSON.stringify(e.request)]).size)}</small>${copier('Copy the request', () => pretty(e.request))}</h3>${json(e.request, [])}</div>
      <div class="side"><h3>Answer, clear <small>${bytes(size)}</small>${copier('Copy the answer', () => pretty(e.answer))}</h3>
        ${e.answer === null ? html`<p class="soft">There is none that a phone could open.</p>` : json(e.answer, e.findings ?? [])}</div>
    </div>
    ${model.boot.traced ? nothing : html`<div class="actions">
      ${model.boot.call && !e.notice ? html`<button class="chip" @click=${() => copy(callLine(e))}>${icon('copy')}Copy as flowserver call</button>` : nothing}
      <button class="chip" title="Sends the same bytes once more" @click=${() => again(e, null)}>${icon('restart')}Again</button>
      <button class="chip" @click=${() => { drafts.set(e.n, pretty(e.request)); update(); }}>${icon('edit')}Edit and send</button>
    </div>`}
    ${drafts.has(e.n) ? editor(e) : nothing}`;
}

/** @param {Exchange} e */
const editor = (e) => html`
  <div class="editor"><label for=${`edit-${e.n}`}>The request, as a new message</label>
    <textarea id=${`edit-${e.n}`} rows="10" spellcheck="false" .value=${live(drafts.get(e.n) ?? '')} @input=${(/** @type {any} */ event) => drafts.set(e.n, event.target.value)}></textarea>
    <div class="actions"><button class="chip" @click=${() => sendDraft(e)}>Send</button><button class="chip" @click=${() => { drafts.delete(e.n); update(); }}>Cancel</button></div></div>`;

/** @param {Exchange} e */
function sendDraft(e) {
  try {
    void again(e, JSON.parse(drafts.get(e.n) ?? ''));
  } catch {
    complain('The request is not JSON yet.');
  }
}

/** @param {Exchange} e @param {unknown} clear null: the same bytes */
async function again(e, clear) {
  try {
    await post(ofPhone(`exchanges/${e.n}/again`), clear === null ? {} : { clear }); // it appears in the list
    drafts.delete(e.n);
    update();
  } catch (problem) {
    complain(problem);
  }
}

/** @param {Finding} f */
export const finding = (f) => html`
  <p class="finding" data-severity=${f.severity}><b>${f.code}</b>
    ${f.pointer ? html`<code>${f.pointer}</code>: ` : nothing}${f.problem}${f.line && model.boot.traced ? html`, line ${f.line}` : f.line
      ? html`, <button class="plain accent" @click=${() => { model.outlined = f.at ?? ''; showTab('source'); }}>line ${f.line}</button>` : nothing}
    ${f.remedy ? html`<span class="remedy">${sentence(f.remedy)}</span>` : nothing}</p>`;

/** @param {Attempt} a */
const attempt = (a) => !a.sent ? html`<li>${sentence(a.error ?? '')}</li>` : html`<li>${a.status || 'no answer'} with key <code>${a.key.slice(0, 8)}</code>, ${bytes(a.sent)} sent, ${bytes(a.received)} received;
  sealed in ${ms(a.seal)}, ${a.status ? 'answered in' : 'waited'} ${ms(a.wait)}${a.open ? `, opened in ${ms(a.open)}` : nothing}</li>`;

/** @param {number} micros */
export const ms = (micros) => (micros < 1e6 ? `${(micros / 1000).toFixed(1)} ms` : `${(micros / 1e6).toFixed(1)} s`);

/** The exchange as a command for a shell. @param {Exchange} e */
function callLine(e) {
  const r = /** @type {{ screen?: string, data?: unknown, flow_token?: string }} */ (e.request);
  const words = [model.boot.call, { INIT: 'init', BACK: 'back' }[e.action] ?? 'submit'];
  if (r.screen) words.push(quoted(r.screen));
  if (r.data && Object.keys(r.data).length) words.push('--data', quoted(JSON.stringify(r.data)));
  if (r.flow_token) words.push('--token', quoted(r.flow_token));
  return words.join(' ');
}

/** @param {string} word */
export const quoted = (word) => (/^[\w./:=,@+-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`);

// --- JSON

/** @param {string} text */
export async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    complain('Copied.');
  } catch {
    complain('The browser lets this page copy only at 127.0.0.1 or localhost.');
  }
}

/** @param {string} title @param {() => string} text */
export const copier = (title, text) => html`<button class="round small" aria-label=${title} title=${title} @click=${() => copy(text())}>${icon('copy')}</button>`;

/** @param {unknown} value */
export const pretty = (value) => JSON.stringify(value, null, 2);

const maxLines = 2000;

/** The part of a pointer that exists in a value: a missing key is marked where it belongs. @param {any} v @param {string} pointer */
function nearest(v, pointer) {
  let found = '';
  for (const key of pointer.split('/').slice(1)) {
    v = v?.[key.replaceAll('~1', '/').replaceAll('~0', '~')];
    if (v === undefined) break;
    found += `/${key}`;
  }
  return found;
}

/** A value as JSON, with what reorders text escaped. @param {unknown} v */
const spelt = (v) => JSON.stringify(v).replace(/[\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, (c) => `\\u${c.charCodeAt(0).toString(16)}`);

/** A scalar; of a long text, such as an image, its beginning. @param {unknown} v */
function short(v) {
  const text = spelt(v);
  return text.length <= 120 ? text : html`${text.slice(0, 72)}<span class="soft">… ${text.length - 2} characters</span>`;
}

/**
 * JSON with marks at the keys that findings point at.
 * @param {unknown} value @param {Finding[]} findings
 */
export function json(value, findings) {
  /** @type {unknown[]} */
  const lines = [];
  const marks = new Map(findings.map((f) => [nearest(value, f.pointer ?? ''), f]));
  /** @param {unknown} v @param {string} pointer @param {string} indent @param {unknown} key @param {string} comma */
  const add = (v, pointer, indent, key, comma) => {
    if (lines.length > maxLines) return;
    const found = pointer === '' ? undefined : marks.get(pointer);
    /** @param {unknown} content */
    const line = (content) => lines.push(html`<span class="line" .style=${`--deep:${indent.length}`}>${indent}<span data-severity=${found?.severity ?? nothing} title=${found?.problem ?? nothing}>${key}${content}</span></span>`);
    if (v === null || typeof v !== 'object' || Object.keys(v).length === 0) {
      line(html`<span class=${v === null ? 'null' : typeof v}>${short(v)}</span>${comma}`);
      return;
    }
    const list = Array.isArray(v);
    line(list ? '[' : '{');
    const entries = Object.entries(v);
    entries.forEach(([k, inner], i) =>
      add(inner, `${pointer}/${k.replaceAll('~', '~0').replaceAll('/', '~1')}`, `${indent}  `,
        list ? '' : html`<span class="key">${spelt(k)}</span>: `, i < entries.length - 1 ? ',' : ''));
    lines.push(html`<span class="line">${indent}${list ? ']' : '}'}${comma}</span>`);
  };
  add(value, '', '', '', '');
  return html`<pre class="json" tabindex="0">${lines}${lines.length > maxLines ? html`<span class="soft">… copy it to see the rest</span>` : nothing}</pre>`;
}
