// The other panels of the inspector: state, Flow JSON, key, weather, chat.
// @ts-check
import { html, svg, nothing } from './vendor/lit-html/lit-html.js';
import { live } from './vendor/lit-html/directives/live.js';
import { model, update, get, post, ofPhone, ofFlow, onFlow, complain, openMessage, replay } from './model.js';
import { icon } from './phone.js';
import { finding, json, ms, copier, copy, pretty, quoted, sentence } from './inspector.js';
/** @import { FlowSource, Screen, SourceNote, State, Status, Pinged, Posted, Weather, Recorded } from './api.d.ts' */

/**
 * Something that the server has and that a panel asks for when it is drawn.
 * @template T
 * @param {() => string} path
 * @param {() => unknown} version it is asked for again when this changes
 */
function remote(path, version) {
  /** @type {{ value: T | null, version: unknown }} */
  const kept = { value: null, version: undefined };
  return () => {
    const now = version();
    if (kept.version !== now) {
      kept.version = now;
      get(path()).then((value) => { kept.value = value; update(); }, complain);
    }
    return kept.value;
  };
}

let flowVersion = 0;
onFlow(() => flowVersion++);
const source = /** @type {() => FlowSource | null} */ (remote(() => ofFlow(), () => flowVersion));
const state = /** @type {() => State | null} */ (remote(() => ofPhone('state'), () => model.view.seq));
const status = /** @type {() => Status | null} */ (remote(() => ofFlow('/status'), () => `${model.exchanges.length} ${asked}`));
const recorded = /** @type {() => Recorded | null} */ (remote(() => ofPhone('scenario'), () => `${model.view.seq} ${asked}`));
let asked = 0;

const loading = html`<p class="soft" role="status">Loading</p>`;

// --- state

export function statePanel() {
  const v = model.view;
  const flow = source();
  const memory = state();
  const found = [...(v.findings ?? []), ...v.parts.flatMap((p) => p.findings ?? []), ...(v.footer?.findings ?? [])];
  return html`
    ${flow ? graph(flow.screens) : loading}
    ${v.footer && !v.footer.enabled && v.footer.why?.length
      ? html`<section><h2>Why “${v.footer.label}” is off</h2><ul class="why">${v.footer.why.map((w) => html`<li>${w}</li>`)}</ul></section>` : nothing}
    ${found.length ? html`<section><h2>On this screen</h2>${found.map(finding)}</section>` : nothing}
    <dl class="facts">
      <dt>Screen</dt><dd><code>${v.screen || '—'}</code></dd>
      <dt>History</dt><dd><code>${v.history.join(' → ') || '—'}</code></dd>
      <dt>flow_token</dt><dd><code>${memory?.token ?? v.message.token}</code></dd>
      ${memory?.signature ? html`<dt>flow_token_signature</dt><dd><code class="long">${memory.signature}</code></dd>` : nothing}
      <dt>Rules</dt><dd>${v.rules === 'draft' ? 'draft: errors are shown over the screen' : 'published: errors are pages, as customers see them'}</dd>
    </dl>
    ${Object.entries(memory?.screens ?? {}).sort(([a], [b]) => Number(b === v.screen) - Number(a === v.screen)).map(([id, s]) => html`
      <details class="memory" ?open=${id === v.screen}><summary><code>${id}</code></summary>
        <div class="sides"><div class="side"><h3>Data</h3>${json(s.data ?? {}, [])}</div><div class="side"><h3>Form</h3>${json(s.form ?? {}, [])}</div></div>
      </details>`)}`;
}

let centred = ''; // the screen that the graph was scrolled to

/**
 * The routing model from left to right, with the way that the user has come.
 * @param {Screen[]} screens
 */
function graph(screens) {
  const width = 118, height = 38, across = 40, down = 16;
  /** @type {Map<string, number>} the longest path to a screen, without cycles */
  const depth = new Map(screens.filter((s) => s.entry).map((s) => [s.id, 0]));
  if (!depth.size && screens[0]) depth.set(screens[0].id, 0);
  for (let round = 0; round < screens.length; round++) {
    for (const s of screens) {
      const from = depth.get(s.id);
      if (from === undefined) continue;
      for (const t of s.targets) if ((depth.get(t) ?? -1) < from + 1 && from + 1 < screens.length) depth.set(t, from + 1);
    }
  }
  /** @type {string[][]} */
  const columns = [];
  for (const s of screens) (columns[depth.get(s.id) ?? 0] ??= []).push(s.id);
  const used = columns.filter(Boolean);
  const rows = Math.max(...used.map((c) => c.length));
  /** @type {Map<string, { x: number, y: number }>} */
  const place = new Map();
  const v = model.view;
  const far = screens.some((s) => s.targets.some((t) => Math.abs((depth.get(t) ?? 0) - (depth.get(s.id) ?? 0)) > 1));
  const head = far ? 34 : 6; // room for the edges that go round
  used.forEach((ids, c) => ids.forEach((id, r) => place.set(id, { x: c * (width + across) + 4, y: (r + (rows - ids.length) / 2) * (height + down) + head })));
  const foot = screens.some((s) => s.targets.some((t) => (place.get(t)?.x ?? 0) <= (place.get(s.id)?.x ?? 0))) ? 24 : 6;
  const steps = new Set(v.history.slice(1).map((id, i) => `${v.history[i]} ${id}`));
  const next = new Set(screens.find((s) => s.id === v.screen)?.targets);
  const w = used.length * (width + across) - across + 8, h = rows * (height + down) - down + head + foot;
  const here = place.get(v.screen);
  if (here && v.screen !== centred) {
    centred = v.screen;
    requestAnimationFrame(() => {
      const box = document.querySelector('.graph');
      box?.scrollTo({ left: here.x + width / 2 - box.clientWidth / 2 });
    });
  }
  const edges = screens.flatMap((s) => s.targets.map((t) => ({ from: s.id, to: t, taken: steps.has(`${s.id} ${t}`), open: s.id === v.screen })));
  edges.sort((a, b) => Number(a.taken) - Number(b.taken)); // the way that was taken is on top
  return html`<section><h2>Screens and routes</h2>
    <div class="graph" tabindex="0" role="group" aria-label="Routing model"><svg viewBox="0 0 ${w} ${h}" width=${w} height=${h} role="img" aria-label=${`You are on ${v.screen || 'no screen'}. ${next.size ? `Next: ${[...next].join(', ')}` : ''}`}>
      <defs><marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="9" markerHeight="9" markerUnits="userSpaceOnUse" orient="auto"><path d="M0 0L8 4L0 8z"></path></marker></defs>
      ${edges.map((e) => edge(place.get(e.from), place.get(e.to), e.taken, e.open))}
      ${screens.map((s) => node(s, place.get(s.id), v.screen === s.id ? 'here' : v.history.includes(s.id) ? 'visited' : next.has(s.id) ? 'next' : ''))}
    </svg></div>
    <p class="soft swatches"><span data-kind="here">here</span><span data-kind="visited">visited</span><span data-kind="next">may be next</span><span data-kind="end">can end the Flow</span></p></section>`;

  /** @param {{x: number, y: number} | undefined} a @param {{x: number, y: number} | undefined} b @param {boolean} taken @param {boolean} open */
  function edge(a, b, taken, open) {
    if (!a || !b) return nothing;
    const x1 = a.x + width, y1 = a.y + height / 2, x2 = b.x, y2 = b.y + height / 2;
    const over = (x2 - x1) / (width + across); // columns between
    const rise = Math.min(a.y, b.y) - 14 - 7 * Math.min(over, 4);
    const d = over > 0.5
      ? `M${x1 - 24} ${a.y} C ${x1} ${rise}, ${x2 + 4} ${rise}, ${x2 + 24} ${b.y - 1}`
      : x2 <= x1
        ? `M${a.x + width * 0.3} ${a.y + height} C ${a.x} ${a.y + height + 24}, ${b.x + width} ${b.y + height + 24}, ${b.x + width * 0.7} ${b.y + height}`
        : `M${x1} ${y1} C ${x1 + 30} ${y1}, ${x2 - 30} ${y2}, ${x2} ${y2}`;
    return svg`<path class="edge" data-taken=${taken} data-open=${open} d=${d} marker-end="url(#arrow)"></path>`;
  }
  /** @param {Screen} s @param {{x: number, y: number} | undefined} at @param {string} kind */
  function node(s, at, kind) {
    if (!at) return nothing;
    return svg`<g class="node" data-kind=${kind}><title>${s.title || s.id}</title>
      <rect x=${at.x} y=${at.y} width=${width} height=${height} rx="10"></rect>
      ${s.terminal ? svg`<rect class="end" x=${at.x + 3} y=${at.y + 3} width=${width - 6} height=${height - 6} rx="7"></rect>` : nothing}
      <text x=${at.x + width / 2} y=${at.y + height / 2 + 4} text-anchor="middle">${s.id.length > 15 ? `${s.id.slice(0, 14)}…` : s.id}</text></g>`;
  }
}

// --- Flow JSON

export const sourceCount = () => model.change.findings || '';

let scrolledTo = ''; // the screen whose lines were brought into view last

/** The lines of the screen come into view again when the panel is opened again. */
export function leaveSource() {
  scrolledTo = '';
}

export function sourcePanel() {
  const flow = source();
  if (!flow) return loading;
  const at = model.outlined || model.hover;
  const all = flow.screens.flatMap((s) => [{ at: s.at, line: s.line, end: s.end }, ...s.parts]);
  const lit = all.find((p) => p.at === at);
  /** @type {Map<number, SourceNote[]>} */
  const notes = new Map();
  for (const f of flow.findings) notes.set(f.line, [...(notes.get(f.line) ?? []), f]);
  /** @param {number} line the smallest part that has it */
  const partAt = (line) => all.filter((p) => p.line <= line && line <= p.end).sort((a, b) => a.end - a.line - (b.end - b.line))[0]?.at ?? '';
  const screen = flow.screens.find((s) => s.id === model.view.screen);
  const top = lit?.line ?? (screen && screen.id !== scrolledTo ? screen.line : 0);
  scrolledTo = screen?.id ?? '';
  if (top) requestAnimationFrame(() => document.getElementById(`L${top}`)?.scrollIntoView({ block: lit ? 'nearest' : 'start' }));
  return html`
    <p class="soft">${flow.file ? html`<code>${flow.file}</code>` : 'Compiled in.'} Version ${flow.version}${flow.dataAPI ? `, Data API ${flow.dataAPI}` : ', no endpoint'}.
      ${flow.findings.length ? `${flow.findings.length} ${flow.findings.length === 1 ? 'finding' : 'findings'}.` : 'Lint found no problems.'}
      Hover over a component on the phone to find its lines; click a line to find its component.</p>
    <div class="source" role="group" aria-label="Flow JSON" @click=${(/** @type {any} */ e) => {
      const line = e.target.closest('[data-line]');
      if (line) { model.outlined = partAt(Number(line.dataset.line)); update(); }
    }}>${flow.source.split('\n').map((text, i) => {
      const n = i + 1, here = notes.get(n);
      return html`<div class="src" id=${`L${n}`} data-line=${n} data-lit=${!!lit && lit.line <= n && n <= lit.end} data-screen=${!!screen && screen.line <= n && n <= screen.end} data-severity=${here?.[0]?.severity ?? nothing}><span class="ln">${n}</span><code>${coloured(text)}</code></div>${here?.map((f) => html`<p class="src-note" data-severity=${f.severity}><b>${f.code}</b> ${f.text}</p>`)}`;
    })}</div>`;
}

const tokens = /("(?:[^"\\]|\\.)*")(\s*:)?|-?\d[\d.eE+-]*|true|false|null/g;

/** @param {string} line of JSON */
function coloured(line) {
  /** @type {unknown[]} */
  const out = [];
  let from = 0;
  for (const m of line.matchAll(tokens)) {
    out.push(line.slice(from, m.index));
    out.push(html`<span class=${m[2] ? 'key' : m[1] ? 'string' : 'number'}>${m[1] ?? m[0]}</span>${m[2] ?? ''}`);
    from = m.index + m[0].length;
  }
  return [...out, line.slice(from)];
}

// --- key

/** @type {Pinged | null} */
let lastPing = null;

async function ping() {
  try {
    lastPing = await post(ofFlow('/ping'), {});
  } catch (problem) {
    complain(problem);
  }
  asked++;
  update();
}

export function keyPanel() {
  const s = status();
  if (!s) return loading;
  if (!s.endpoint) return html`<div class="empty"><h2>No endpoint, no key</h2><p>A phone encrypts each request with the public key that is registered for the number. Without an endpoint it sends none.</p></div>`;
  return html`
    <section><h2>Public key</h2>
      ${s.key
        ? html`<p class="banner ${!s.key.ok ? 'wrong' : s.key.ours ? 'good' : ''}"><b>${s.key.ok && s.key.ours ? 'OK.' : sentence(s.key.verdict)}</b> ${sentence(s.key.text)}</p>
          ${s.key.remedy ? html`<pre>${s.key.remedy}</pre>` : nothing}
          <dl class="facts">
            ${s.key.inUse ? html`<dt>The phone encrypts with</dt><dd><code class="long">${s.key.inUse}</code></dd>` : nothing}
            ${s.key.ours ? html`<dt>The endpoint has</dt><dd><code class="long">${s.key.ours}</code></dd>` : nothing}
            ${s.key.checkedAt ? html`<dt>The provider reported this at</dt><dd>${new Date(s.key.checkedAt).toLocaleTimeString()}</dd>` : nothing}
          </dl>`
        : html`<p class="soft">Nothing is known about the key.</p>`}
    </section>
    <section><h2>Signature</h2><p>${s.signed ? 'Requests are signed with the app secret, as Meta signs them.' : 'Requests are not signed. An endpoint must refuse them: give its app secret with --app-secret-file.'}</p></section>
    <section><h2>Health check</h2>
      <p>Meta pings each endpoint from time to time, and before a Flow is published.</p>
      <div class="actions"><button class="chip" @click=${ping}>Ping now</button></div>
      ${lastPing ? html`<p class="banner ${lastPing.active ? 'good' : 'wrong'}" role="status"><b>${lastPing.active ? 'Active.' : 'Not active:'}</b> ${lastPing.active ? lastPing.status : lastPing.text}${lastPing.micros ? `, ${ms(lastPing.micros)}` : ''}</p>` : nothing}
    </section>`;
}

// --- record

async function expectScreen() {
  try {
    await post(ofPhone('expect'), {});
  } catch (problem) {
    complain(problem);
  }
  asked++;
  update();
}

async function save() {
  try {
    const { file } = /** @type {Recorded} */ (await post(ofPhone('save'), {}));
    complain(`Saved as ${file}.`);
  } catch (problem) {
    complain(problem);
  }
  asked++;
  update();
}

/** @param {string} text */
function download(text) {
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'application/yaml' }));
  link.download = `${model.boot.flow}.yaml`;
  link.click();
  URL.revokeObjectURL(link.href);
}

export function recordPanel() {
  const scenario = recorded();
  if (!scenario) return loading;
  return html`
    <section><h2>What you did since the message was opened</h2>
      <div class="actions">
        <button class="chip" @click=${expectScreen}>${icon('check')}Expect what is on the screen</button>
        <button class="chip" @click=${() => copy(scenario.yaml)}>${icon('copy')}Copy</button>
        <button class="chip" @click=${() => download(scenario.yaml)}>${icon('save')}Download</button>
        ${model.boot.save ? html`<button class="chip" title=${`Writes it into ${model.boot.save}`} @click=${save}>${icon('document')}Save</button>` : nothing}
        <button class="chip" title="Opens a new message and repeats the steps (key R)" @click=${replay}>${icon('restart')}Replay to here</button>
      </div>
      <pre class="yaml" tabindex="0">${scenario.yaml}</pre>
      <p class="soft">${scenario.file ? html`Saved as <code>${scenario.file}</code>. ` : nothing}Each click is a step. ${model.boot.endpoint ? 'Play the file without a browser, for example in CI:' : 'With an endpoint, the file plays without a browser.'}</p>
      ${model.boot.endpoint ? html`<pre>${(model.boot.call || 'flowserver call').replace(/ call(?= |$)/, ` play ${quoted(scenario.file || `${model.boot.flow}.yaml`)}`)}</pre>` : nothing}
    </section>`;
}

// --- weather

export const raining = () => {
  const w = model.weather;
  return !!(w.faults?.length || w.slow || w.offline || w.twice || w.media || w.answer);
};

/** @type {Partial<Weather>} */
const fine = { faults: [], slow: 0, offline: false, twice: false, media: '', answer: undefined, next: 0 };

/** @param {Partial<Weather>} change */
async function setWeather(change) {
  try {
    model.weather = await post(ofPhone('weather'), { ...model.weather, ...change });
  } catch (problem) {
    complain(problem);
  }
  update();
}

/** @type {{ status: string, text: string } | null} the answer under edit */
let otherAnswer = null;

/** @param {Weather} w */
function answerSection(w) {
  const newest = model.exchanges.findLast((e) => e.answer !== null && !e.notice);
  const draft = (otherAnswer ??= { status: '200', text: newest ? pretty(newest.answer) : '{}' });
  const use = () => {
    try {
      void setWeather({ answer: { status: Number(draft.status), clear: draft.text.trim() ? JSON.parse(draft.text) : null }, next: 1 });
    } catch {
      complain('The answer is not JSON yet.');
    }
  };
  return html`<section><h2>Another answer</h2>
    <p class="soft">See how WhatsApp reacts to an answer that the endpoint does not send: without a key, with null, for an unknown screen, with status 427. The endpoint still receives the request.</p>
    <div class="editor"><label>Status <input class="status" inputmode="numeric" .value=${live(draft.status)} @input=${(/** @type {any} */ e) => (draft.status = e.target.value)}></label>
      <textarea aria-label="The answer" rows="8" spellcheck="false" .value=${live(draft.text)} @input=${(/** @type {any} */ e) => (draft.text = e.target.value)}></textarea>
      <div class="actions"><button class="chip" aria-pressed=${!!w.answer} @click=${use}>Answer the next request with this</button>
        <button class="chip" @click=${() => { otherAnswer = null; void setWeather({ answer: undefined }); }}>Start from the newest answer</button></div></div></section>`;
}

export function weatherPanel() {
  const s = status();
  const w = model.weather;
  if (!s) return loading;
  if (!s.endpoint) return html`<div class="empty"><h2>No weather without an endpoint</h2><p>Give an endpoint to see what customers see when the connection is slow or lost, or a request is damaged.</p></div>`;
  /** @param {string} title @param {boolean} on @param {Partial<Weather>} change */
  const choice = (title, on, change) => html`<button class="chip" aria-pressed=${on} @click=${() => setWeather(change)}>${title}</button>`;
  return html`
    <section><h2>How long faults last</h2><div class="actions" role="group" aria-label="How long faults last">
      ${choice('Until switched off', !w.next, { next: 0 })}${choice('For one request', w.next === 1, { next: 1 })}
      <button class="chip" ?disabled=${!raining()} @click=${() => setWeather(fine)}>${icon('sun')}Clear all</button></div></section>
    <section><h2>Connection</h2><div class="actions" role="group" aria-label="Connection">
      ${choice('Good', !w.slow && !w.offline, { slow: 0, offline: false })}
      ${[1, 5, 9, 11].map((n) => choice(`${n} s slow`, w.slow === n * 1000, { slow: n * 1000, offline: false }))}
      ${choice('Offline', !!w.offline, { offline: true, slow: 0 })}</div>
      <p class="soft">A phone gives up after 10 s.</p></section>
    <section><h2>Requests</h2><div class="actions" role="group" aria-label="Requests">
      ${choice('Each one twice', !!w.twice, { twice: !w.twice })}
      <button class="chip" title="Opens the Flow again with the current token" @click=${() => openMessage({ token: model.view.message.token })}>Open the same token again</button></div>
      <p class="soft">A network can deliver an envelope twice: the endpoint must not book twice. An old message can be opened again: the endpoint answers 427 if its token is no longer valid.</p></section>
    <section><h2>Files</h2><div class="actions" role="group" aria-label="Files">
      ${choice('Good', !w.media, { media: '' })}${[['wrong-hash', 'Wrong hash'], ['wrong-hmac', 'Wrong HMAC'], ['gone', 'Gone from the CDN']].map(([name, title]) => choice(title ?? '', w.media === name, { media: name }))}</div>
      <p class="soft">The fault of files that pickers upload from now on. The handler must notice it.</p></section>
    ${answerSection(w)}
    <section><h2>Damaged requests</h2><p class="soft">The number is the status with which a correct endpoint answers.</p>
      <ul class="faults">${s.faults.map((f) => html`
        <li><label><input type="checkbox" .checked=${w.faults?.includes(f.name) ?? false} ?disabled=${!!f.needsSecret && !s.signed}
          @change=${(/** @type {any} */ e) => setWeather({ faults: e.target.checked ? [f.name] : [] })}>
          <span><code>${f.name}</code> ${f.text}</span><span class="code want">${f.want}</span></label></li>`)}</ul></section>`;
}

// --- chat

/** @type {Posted & { token: string } | null} what became of the webhook of a reply */
let posted = null;

async function postWebhook() {
  const { token } = model.view.message;
  try {
    posted = { ...(await post(ofPhone('webhook'), {})), token };
  } catch (problem) {
    complain(problem);
  }
  update();
}

const webhookSection = () => {
  if (!model.boot.webhook) return html`<p class="soft">Start with <code>--webhook URL</code> to post it to your server from here.</p>`;
  const p = posted?.token === model.view.message.token ? posted : null;
  const good = !!p?.status && p.status < 300;
  return html`<div class="actions"><button class="chip" @click=${postWebhook}>Post it to ${model.boot.webhook}</button></div>
    ${p ? html`<p class="banner ${good ? 'good' : 'wrong'}" role="status"><b>${p.status ? `Status ${p.status}` : 'No answer'}</b>${p.error ? `: ${p.error}` : `, ${ms(p.micros)}`}.
      ${good ? nothing : 'Meta repeats a webhook until the answer is 200.'}</p>` : nothing}`;
};

export function chatPanel() {
  const ended = model.view.ended;
  return html`
    <section><h2>The message</h2><dl class="facts"><dt>flow_token</dt><dd><code>${model.view.message.token}</code></dd>
      <dt>Its button</dt><dd>${!model.view.message.usable ? 'is disabled: the token is no longer valid' : model.view.message.resumes ? 'continues where the customer left, without a request' : 'opens the Flow'}</dd></dl></section>
    ${ended
      ? html`<section><h2>The message that your webhook receives ${copier('Copy the message', () => pretty(ended.webhook))}</h2>
          ${ended.webhook ? html`${json(ended.webhook, [])}${webhookSection()}` : html`<p class="soft">The Flow closed without a message: there is none.</p>`}</section>
        <section><h2>What is in response_json</h2>${json(ended.params, [])}</section>`
      : html`<div class="empty"><h2>No reply yet</h2><p>When the Flow ends, the chat shows the customer's reply, and your webhook receives an <code>nfm_reply</code>. It appears here.</p></div>`}`;
}
