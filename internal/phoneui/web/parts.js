// The components of a screen. Each is drawn from its Part and sends events; values that
// the engine has not answered for yet are drawn as the user left them.
// @ts-check
import { html, nothing, noChange } from './vendor/lit-html/lit-html.js';
import { live } from './vendor/lit-html/directives/live.js';
import { repeat } from './vendor/lit-html/directives/repeat.js';
import { model, send, pending, update, post, ofPhone, complain } from './model.js';
import { icon } from './phone.js';
import { dayText } from './pickers.js';
/** @import { Part, Block, Run, Text, Field, Choice, Option, OptIn, Image, Carousel, Link, List, ListItem, Picker } from './api.d.ts' */
/** @import { Date as Day, Range } from './api.d.ts' */
/** @typedef {{ name: string, label: string, labelCut?: string, required: boolean, optional?: boolean, enabled: boolean, error?: string, help?: string }} Common */

/** @param {Part} p */
export const part = (p) => html`
  <div class="part" data-type=${p.type} data-at=${p.at} data-outlined=${p.at === model.outlined}>${body(p)}</div>`;

/** @param {Part} p */
function body(p) {
  if (p.text) return text(p.type, p.text);
  if (p.field) return field(p.field);
  if (p.choice) return p.type === 'Dropdown' ? dropdown(p, p.choice) : p.type === 'ChipsSelector' ? chips(p.choice) : group(p.choice);
  if (p.optIn) return optIn(p, p.optIn);
  if (p.date) return date(p, p.date);
  if (p.range) return range(p, p.range);
  if (p.image) return image(p.image);
  if (p.carousel) return carousel(p.carousel);
  if (p.link) return link(p, p.link);
  if (p.list) return list(p, p.list);
  if (p.picker) return picker(p.picker);
  return html`<div class="unknown" role="alert"><b>${p.type}</b> in line ${p.line}<br>${p.unknown}</div>`;
}

// --- texts

/** @param {Run} r */
function run(r) {
  const style = [r.bold && 'bold', r.italic && 'italic', r.strike && 'strike'].filter(Boolean).join(' ');
  return r.href
    ? html`<a class=${style} href=${r.href} target="_blank" rel="noreferrer noopener">${r.text}</a>`
    : style ? html`<span class=${style}>${r.text}</span>` : r.text;
}

/** @param {Run[] | undefined} runs */
const runs = (runs) => (runs ?? []).map(run);

/** @param {Block} b @param {string} name @returns {unknown} */
function block(b, name) {
  switch (b.kind) {
    case 'ul':
      return html`<ul dir="auto">${b.items?.map((i) => html`<li>${runs(i.runs)}${i.items?.map((inner) => block(inner, name))}</li>`)}</ul>`;
    case 'ol':
      return html`<ol dir="auto">${b.items?.map((i) => html`<li>${runs(i.runs)}${i.items?.map((inner) => block(inner, name))}</li>`)}</ol>`;
    case 'table':
      return html`<table dir="auto">${b.rows?.map((row, i) =>
        html`<tr>${row.map((cell) => (i === 0 ? html`<th scope="col">${runs(cell)}</th>` : html`<td>${runs(cell)}</td>`))}</tr>`)}</table>`;
    case 'img':
      return b.image ? image(b.image) : nothing;
    case 'h1':
    case 'h2':
      return html`<h3 class=${b.kind === 'h1' ? 'TextHeading' : 'TextSubheading'} dir="auto">${runs(b.runs)}</h3>`;
    default:
      return html`<p class=${name} dir="auto">${runs(b.runs)}</p>`;
  }
}

/** @param {string} type @param {Text} t */
function text(type, t) {
  const style = `${t.weight ?? ''} ${t.strike ? 'strike' : ''}`;
  if (type === 'TextHeading' || type === 'TextSubheading') {
    return html`<h3 class="${type} ${style}" dir="auto">${t.blocks.map((b) => runs(b.runs))}</h3>`;
  }
  return html`<div class="${type} ${style}">${t.blocks.map((b) => block(b, type))}</div>`;
}

// --- what inputs share

/** @param {string} name */
const idOf = (name) => `input-${name}`;

/** @param {Common} c */
const label = (c) => html`<bdi>${c.labelCut || c.label}</bdi>${c.optional ? html` <span class="optional">(optional)</span>` : nothing}`;

/** @param {Common} c @param {unknown} [end] shown at the end of the line */
const note = (c, end) =>
  c.error
    ? html`<div class="note wrong" id=${`${idOf(c.name)}-note`} role="alert"><bdi>${c.error}</bdi>${end}</div>`
    : c.help || end
      ? html`<div class="note" id=${`${idOf(c.name)}-note`}><bdi>${c.help}</bdi>${end}</div>`
      : nothing;

/** @param {Common} c @param {boolean} [has] there is a note */
const described = (c, has) => (c.error || c.help || has ? `${idOf(c.name)}-note` : nothing);

/** Focus and blur of an input, wherever in it they happen. @param {Common} c */
const focusing = (c) => ({
  /** @param {FocusEvent} e */
  in: (e) => !inside(e) && send({ type: 'focus', field: c.name }),
  /** @param {FocusEvent} e */
  out: (e) => !inside(e) && send({ type: 'blur', field: c.name }),
});

/** @param {FocusEvent} e */
const inside = (e) => /** @type {HTMLElement} */ (e.currentTarget).contains(/** @type {Node | null} */ (e.relatedTarget));

/** @param {string} name @param {unknown} value */
const input = (name, value) => send({ type: 'input', field: name, value });

// --- text fields

const keyboards = { number: 'decimal', email: 'email', phone: 'tel', passcode: 'numeric' };
/** @type {Set<string>} fields whose secret is visible */
const revealed = new Set();

/** @param {Field} f */
function field(f) {
  const id = idOf(f.name);
  const secret = f.kind === 'password' || f.kind === 'passcode';
  const typed = pending(f.name);
  const length = String(typed ? typed.value : f.value).length;
  const value = typed ? noChange : live(f.value);
  const counter = f.maxLength ? html`<span class="counter" dir="ltr">${length} / ${f.maxLength}</span>` : undefined;
  const on = (/** @type {any} */ e) => input(f.name, e.target.value);
  const keyboard = keyboards[/** @type {keyof typeof keyboards} */ (f.kind)] ?? 'text';
  return html`
    ${f.large ? html`<label class="above" for=${id}>${label(f)}</label>` : nothing}
    <form class="box" autocomplete="off" @submit=${(/** @type {Event} */ e) => e.preventDefault()} data-large=${!!f.large} data-wrong=${!!f.error} data-off=${!f.enabled} @focusin=${focusing(f).in} @focusout=${focusing(f).out}>
      ${f.kind === 'textarea'
        ? html`<textarea id=${id} dir="auto" rows="4" placeholder=" " maxlength=${f.maxLength || nothing} .value=${value} ?disabled=${!f.enabled}
            aria-required=${f.required} aria-invalid=${!!f.error} aria-describedby=${described(f, !!counter)} @input=${on}></textarea>`
        : html`<input id=${id} dir="auto" type=${secret && !revealed.has(f.name) ? 'password' : 'text'} inputmode=${keyboard} placeholder=" "
            autocomplete="off" spellcheck="false" maxlength=${f.maxLength || nothing} .value=${value} ?disabled=${!f.enabled}
            aria-required=${f.required} aria-invalid=${!!f.error} aria-describedby=${described(f, !!counter)} @input=${on}>`}
      ${f.large ? nothing : html`<label for=${id}>${label(f)}</label>`}
      ${secret ? html`<button type="button" class="eye" aria-label=${revealed.has(f.name) ? 'Hide the characters' : 'Show the characters'} aria-controls=${id} @click=${() => reveal(f.name)}>${icon('eye')}</button>` : nothing}
    </form>
    ${note(f, counter)}`;
}

/** @param {string} name */
function reveal(name) {
  if (!revealed.delete(name)) revealed.add(name);
  update();
}

// --- choices

/**
 * The ids that are chosen, with what the engine has not answered for yet.
 * @param {Choice} c
 * @returns {string[]}
 */
export function chosen(c) {
  const waiting = pending(c.name);
  if (!waiting) return c.options.filter((o) => o.selected).map((o) => o.id);
  return Array.isArray(waiting.value) ? waiting.value : waiting.value ? [String(waiting.value)] : [];
}

/** @param {Choice} c @param {Option} o */
export function choose(c, o) {
  const now = chosen(c);
  if (c.multiple) input(c.name, now.includes(o.id) ? now.filter((id) => id !== o.id) : [...now, o.id]);
  else input(c.name, now.includes(o.id) && !c.required ? null : o.id);
}

/** @param {Option} o */
export const optionBody = (o) => html`
  ${o.image?.src ? html`<img class="thumb" src=${o.image.src} alt=${o.image.alt ?? ''}>` : o.color ? html`<span class="thumb" .style=${`background:${o.color}`}></span>` : nothing}
  <span class="main"><bdi>${o.title}</bdi>${o.description ? html`<small><bdi>${o.description}</bdi></small>` : nothing}</span>
  ${o.metadata ? html`<span class="meta"><bdi>${o.metadata}</bdi></span>` : nothing}`;

/** @param {Choice} c */
function group(c) {
  const now = chosen(c);
  return html`
    <div class="group" role=${c.multiple ? 'group' : 'radiogroup'} aria-labelledby=${`${idOf(c.name)}-label`} aria-describedby=${described(c)}
      aria-required=${c.multiple ? nothing : c.required} aria-invalid=${c.multiple ? nothing : !!c.error} data-large=${!!c.largeMedia}
      @focusin=${focusing(c).in} @focusout=${focusing(c).out}>
      <div class="legend" id=${`${idOf(c.name)}-label`}>${label(c)}</div>
      ${c.description ? html`<div class="description"><bdi>${c.description}</bdi></div>` : nothing}
      ${repeat(c.options, (o) => o.id, (o) => html`
        <label class="row" data-off=${!o.enabled || !c.enabled}>
          ${optionBody(o)}
          <input class="tick" id=${`${idOf(c.name)}-${o.id}`} type=${c.multiple ? 'checkbox' : 'radio'} name=${c.name} ?disabled=${!o.enabled || !c.enabled}
            .checked=${live(now.includes(o.id))} @click=${() => choose(c, o)}>
        </label>`)}
    </div>
    ${note(c)}`;
}

/** @param {Choice} c */
function chips(c) {
  const now = chosen(c);
  return html`
    <div class="group" role="group" aria-labelledby=${`${idOf(c.name)}-label`} aria-describedby=${described(c)} @focusin=${focusing(c).in} @focusout=${focusing(c).out}>
      <div class="legend" id=${`${idOf(c.name)}-label`}>${label(c)}</div>
      ${c.description ? html`<div class="description"><bdi>${c.description}</bdi></div>` : nothing}
      <div class="pills">${repeat(c.options, (o) => o.id, (o) => html`
        <button class="pill" id=${`${idOf(c.name)}-${o.id}`} aria-pressed=${now.includes(o.id)} ?disabled=${!o.enabled || !c.enabled} dir="auto" @click=${() => choose(c, o)}>${o.title}</button>`)}</div>
    </div>
    ${note(c)}`;
}

/** @param {Part} p @param {Choice} c */
function dropdown(p, c) {
  const now = chosen(c);
  const value = c.options.find((o) => now.includes(o.id))?.title ?? '';
  return opener(p, c, value, 'down');
}

/**
 * A field that opens a sheet.
 * @param {Part} p @param {Common} c @param {string} value @param {string} glyph @param {'options' | 'calendar'} [kind]
 */
const opener = (p, c, value, glyph, kind = 'options') => html`
  <div class="box opener" data-wrong=${!!c.error} data-off=${!c.enabled} @focusin=${focusing(c).in} @focusout=${focusing(c).out}>
    <button id=${idOf(c.name)} aria-haspopup="dialog" ?disabled=${!c.enabled} aria-describedby=${described(c)} data-filled=${!!value}
      @click=${() => open(kind, p.at)}>
      <span class="float">${label(c)}</span> <span class="value"><bdi>${value}</bdi></span>${icon(glyph)}
    </button>
  </div>
  ${note(c)}`;

/** @param {'options' | 'calendar'} kind @param {string} at */
function open(kind, at) {
  model.overlay = { kind, at };
  update();
}

/** @param {Part} p @param {OptIn} o */
function optIn(p, o) {
  const waiting = pending(o.name);
  return html`
    <div class="opt" @focusin=${focusing(o).in} @focusout=${focusing(o).out} data-off=${!o.enabled}>
      <input class="tick" id=${idOf(o.name)} type="checkbox" ?disabled=${!o.enabled} aria-required=${o.required} aria-describedby=${described(o)}
        .checked=${live(waiting ? !!waiting.value : o.value)} @click=${(/** @type {any} */ e) => input(o.name, e.target.checked)}>
      <label for=${idOf(o.name)}>${label(o)}</label>
      ${o.readMore ? html`<button class="accent plain" ?disabled=${model.view.loading} @click=${() => send({ type: 'tap', at: p.at })}>Read more</button>` : nothing}
    </div>
    ${note(o)}`;
}

// --- dates

/** @param {Part} p @param {Day} d */
const date = (p, d) => opener(p, d, dayText(String(pending(d.name)?.value ?? d.value)), 'calendar', 'calendar');

/** @param {Part} p @param {Range} r */
const range = (p, r) => html`
  ${r.title ? html`<div class="legend"><bdi>${r.title}</bdi></div>` : nothing}
  ${r.description ? html`<div class="description"><bdi>${r.description}</bdi></div>` : nothing}
  <div class="two">
    <div>${opener(p, { ...r.start, name: `${r.name}-start` }, dayText(r.start.value), 'calendar', 'calendar')}</div>
    <div>${opener(p, { ...r.end, name: `${r.name}-end` }, dayText(r.end.value), 'calendar', 'calendar')}</div>
  </div>`;

// --- pictures

/** @param {Image} i */
function image(i) {
  if (!i.src) return html`<div class="no-image" role="img" aria-label=${i.alt || 'Image that cannot be shown'}>${icon('photo')}</div>`;
  const size = [i.height && `height:${i.height}px`, i.width && `width:${i.width}px`, i.ratio && `aspect-ratio:${i.ratio}`, i.scale === 'cover' && 'object-fit:cover'];
  return html`<img class="image" src=${i.src} alt=${i.alt ?? ''} .style=${size.filter(Boolean).join(';')}>`;
}

/** @param {Carousel} c */
const carousel = (c) => html`
  <div class="carousel" tabindex="0" role="group" aria-roledescription="carousel" aria-label=${`${c.images.length} pictures`} @scroll=${swiped}>
    ${c.images.map((i, n) => html`<div class="slide" data-ratio=${c.ratio ?? '4:3'} data-cover=${c.scale === 'cover'}>
      ${i.src ? html`<img src=${i.src} alt=${i.alt ?? ''}>` : html`<div class="no-image" role="img" aria-label=${i.alt || `Picture ${n + 1} cannot be shown`}>${icon('photo')}</div>`}</div>`)}
  </div>
  <div class="dots" aria-hidden="true">${c.images.map((_, n) => html`<span data-here=${n === 0}></span>`)}</div>`;

/** @param {any} e */
function swiped(e) {
  const here = Math.round(Math.abs(e.target.scrollLeft) / e.target.clientWidth);
  [...e.target.nextElementSibling.children].forEach((dot, n) => (dot.dataset.here = n === here));
}

// --- links and lists

/** @param {Part} p @param {Link} l */
const link = (p, l) => html`<button class="accent plain" id=${`link-${p.at}`} ?disabled=${!l.enabled} dir="auto"
  @click=${() => send({ type: 'tap', at: p.at })}>${l.text}</button>`;

/** @param {Part} p @param {List} l */
const list = (p, l) => html`
  ${l.label ? html`<div class="legend"><bdi>${l.label}</bdi></div>` : nothing}
  ${l.description ? html`<div class="description"><bdi>${l.description}</bdi></div>` : nothing}
  <ul class="cards" data-large=${!!l.largeMedia}>${repeat(l.items, (i) => i.id, (i) => card(p, l, i))}</ul>`;

/** @param {Part} p @param {List} l @param {ListItem} i */
const card = (p, l, i) => html`
  <li><button class="card" id=${`${idOf(l.name)}-${i.id}`} ?disabled=${!l.enabled || !!i.disabled} @click=${() => send({ type: 'tap', at: p.at, item: i.id })}>
    ${i.image?.src ? html`<img class="thumb" src=${i.image.src} alt=${i.image.alt ?? ''}>` : nothing}
    <span class="main">
      <span><bdi>${i.main.title}</bdi>${i.badge ? html` <bdi class="badge">${i.badge}</bdi>` : nothing}</span>
      ${i.main.description ? html`<small><bdi>${i.main.description}</bdi></small>` : nothing}
      ${i.main.metadata ? html`<small><bdi>${i.main.metadata}</bdi></small>` : nothing}
      ${i.tags?.length ? html`<span class="tags">${i.tags.map((t) => html`<span dir="auto">${t}</span>`)}</span>` : nothing}
    </span>
    ${i.end ? html`<span class="meta"><bdi>${i.end.title}</bdi>${i.end.description ? html`<small><bdi>${i.end.description}</bdi></small>` : nothing}${i.end.metadata ? html`<small><bdi>${i.end.metadata}</bdi></small>` : nothing}</span>` : nothing}
    ${icon('next')}
  </button></li>`;

// --- files

/** @type {Set<string>} pickers with a file under way */
const uploading = new Set();

/** @param {Picker} p */
const picker = (p) => html`
  <div class="legend" id=${`${idOf(p.name)}-label`}>${label(p)}</div>
  <label class="tile" data-off=${!p.enabled || p.files.length >= p.max}>
    ${icon(p.kind)}<span>${p.kind === 'photo' ? (p.source === 'camera' ? 'Take a photo' : 'Add a photo') : 'Add a document'}<small>${limits(p)}</small></span>
    <input class="hide" id=${idOf(p.name)} type="file" aria-labelledby=${`${idOf(p.name)}-label`} aria-describedby=${described(p)} ?disabled=${!p.enabled || p.files.length >= p.max}
      accept=${p.accept?.join(',') || nothing} ?multiple=${p.max > 1} @change=${(/** @type {any} */ e) => upload(p, e.target)}>
  </label>
  ${uploading.has(p.name) ? html`<div class="progress still" role="progressbar" aria-label="Uploading"></div>` : nothing}
  <ul class="files">${repeat(p.files, (f) => f.id, (f) => html`
    <li data-wrong=${!!f.error}>${icon(p.kind)}<span class="main"><bdi>${f.name}</bdi><small>${f.error ? f.error : `${bytes(f.bytes)}, ${f.type}`}</small></span>
      <button class="round" aria-label=${`Remove ${f.name}`} ?disabled=${!p.enabled} @click=${() => send({ type: 'remove', field: p.name, item: f.id })}>${icon('close')}</button></li>`)}</ul>
  ${note(p)}`;

/** @param {Picker} p */
const limits = (p) => `${p.min === p.max ? '' : p.min ? `${p.min} to ` : 'At most '}${p.max} ${p.max === 1 ? 'file' : 'files'} of up to ${bytes(p.maxKB * 1024)}`;

/** @param {number} n */
export const bytes = (n) => (n < 1024 ? `${n} B` : n < 1 << 20 ? `${(n / 1024).toFixed(n < 10240 ? 1 : 0)} kB` : `${(n / (1 << 20)).toFixed(1).replace('.0', '')} MB`);

/** @param {Picker} p @param {HTMLInputElement} chooser */
async function upload(p, chooser) {
  uploading.add(p.name);
  update();
  try {
    for (const file of chooser.files ?? []) {
      await post(ofPhone(`files?field=${encodeURIComponent(p.name)}&name=${encodeURIComponent(file.name)}`), file);
    }
  } catch (problem) {
    complain(problem);
  }
  uploading.delete(p.name);
  chooser.value = '';
  update();
}
