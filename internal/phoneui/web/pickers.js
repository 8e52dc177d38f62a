// Sheets over the screen: options, the calendar, and a card for a link.
// @ts-check
import { html, nothing } from './vendor/lit-html/lit-html.js';
import { live } from './vendor/lit-html/directives/live.js';
import { model, send, update, pending } from './model.js';
import { icon } from './phone.js';
import { chosen, choose, optionBody } from './parts.js';
/** @import { View, Choice, Option, Calendar, Range, Date as Day } from './api.d.ts' */
/** @import { Overlay } from './model.js' */

/**
 * A dialog at the foot of the screen. Escape and a tap next to it close it.
 * @param {string} title @param {() => void} close @param {unknown} content
 */
export const overlaySheet = (title, close, content) => html`
  <div class="shade" @click=${(/** @type {MouseEvent} */ e) => e.target === e.currentTarget && close()}
    @keydown=${(/** @type {KeyboardEvent} */ e) => e.key === 'Tab' && stayInside(e)}>
    <div class="over" role="dialog" aria-modal="true" aria-labelledby="over-title">
      <header class="over-head"><h2 id="over-title" tabindex="-1"><bdi>${title}</bdi></h2>
        <button class="round" aria-label="Close" @click=${close}>${icon('close')}</button></header>
      <div class="over-body">${content}</div>
    </div>
  </div>`;

// Escape works wherever the focus is, in the inspector too.
document.addEventListener('keydown', (e) => {
  if (e.key === 'Escape') /** @type {HTMLElement | null} */ (document.querySelector('.over-head button'))?.click();
});

/** @param {KeyboardEvent} e keeps Tab within the dialog */
function stayInside(e) {
  const all = [.../** @type {HTMLElement} */ (e.currentTarget).querySelectorAll('button:not(:disabled), input, select, a, [tabindex="0"]')]
    .filter((el) => /** @type {HTMLElement} */ (el).tabIndex >= 0);
  const edge = e.shiftKey ? all[0] : all.at(-1);
  if (document.activeElement !== edge && all.includes(/** @type {Element} */ (document.activeElement))) return;
  e.preventDefault();
  /** @type {HTMLElement | undefined} */ (e.shiftKey ? all.at(-1) : all[0])?.focus();
}

let query = '';
/** @type {{ at: string, month: string, focus: string, start: string } | null} what the calendar shows */
let calendar = null;

/** @param {View} v @param {Overlay} o @param {() => void} close */
export function sheetFor(v, o, close) {
  if (o.kind === 'link') return linkCard(o.at, close);
  const part = v.parts.find((p) => p.at === o.at);
  const done = () => {
    query = '';
    calendar = null;
    close();
  };
  if (part?.choice) return options(part.choice, done);
  if (part?.date) return daySheet(part.date, o.at, done);
  if (part?.range) return rangeSheet(part.range, o.at, done);
  return nothing;
}

/** @param {string} url @param {() => void} close */
const linkCard = (url, close) => overlaySheet(`Opens ${new URL(url).host}`, close, html`
  <p class="soft">A phone opens this address in its browser.</p>
  <a class="cta" href=${url} target="_blank" rel="noreferrer noopener" @click=${close}>Open ${new URL(url).host}</a>`);

// --- options

/** @param {Choice} c @param {() => void} close */
function options(c, close) {
  const now = chosen(c);
  const wanted = query.trim().toLowerCase();
  const found = c.options.filter((o) => `${o.title} ${o.description ?? ''}`.toLowerCase().includes(wanted));
  const start = found.find((o) => now.includes(o.id)) ?? found.find((o) => o.enabled);
  /** @param {Option | null} o */
  const pick = (o) => {
    if (o && !o.enabled) return;
    if (o && !now.includes(o.id)) choose(c, o);
    if (!o) send({ type: 'input', field: c.name, value: null });
    close();
  };
  return overlaySheet(c.label, close, html`
    ${c.search
      ? html`<div class="search">${icon('search')}<input aria-label="Search" placeholder="Search" .value=${live(query)} @input=${(/** @type {any} */ e) => { query = e.target.value; update(); }}></div>`
      : nothing}
    <div class="listbox" role="listbox" aria-label=${c.label} @keydown=${arrows}>
      ${found.map((o) => html`
        <div class="row" role="option" tabindex=${o === start ? 0 : -1} aria-selected=${now.includes(o.id)} aria-disabled=${!o.enabled} data-off=${!o.enabled}
          @click=${() => pick(o)}>${optionBody(o)}<span class="tick round-tick" aria-hidden="true"></span></div>`)}
    </div>
    ${found.length === 0 ? html`<p class="soft" role="status">Nothing matches.</p>` : nothing}
    ${c.clear && now.length ? html`<button class="accent plain" @click=${() => pick(null)}>Clear</button>` : nothing}`);
}

/** Moves the focus in a list of options. @param {KeyboardEvent} e */
function arrows(e) {
  const all = /** @type {HTMLElement[]} */ ([.../** @type {HTMLElement} */ (e.currentTarget).querySelectorAll('[role=option]:not([aria-disabled=true])')]);
  const at = all.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  const to = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: all.length - 1 }[e.key];
  if (e.key === 'Enter' || e.key === ' ') all[at]?.click();
  else if (to === undefined) return;
  else all[Math.max(0, Math.min(to, all.length - 1))]?.focus();
  e.preventDefault();
}

// --- the calendar. Days are YYYY-MM-DD, months YYYY-MM; both compare as texts.

/** @param {string} day */
const utc = (day) => new Date(`${day}T00:00:00Z`);
/** @param {Date} d */
const iso = (d) => d.toISOString().slice(0, 10);
/** @param {string} day @param {number} n */
const plusDays = (day, n) => iso(new Date(utc(day).getTime() + n * 864e5));
/** @param {string} month @param {number} n */
const plusMonths = (month, n) => {
  const d = utc(`${month}-01`);
  d.setUTCMonth(d.getUTCMonth() + n);
  return iso(d).slice(0, 7);
};
/** A day in the language of the phone. @param {string} day @param {Intl.DateTimeFormatOptions} o @param {string} [locale] */
const words = (day, o, locale = model.boot.locale || 'en-GB') =>
  new Intl.DateTimeFormat(locale, { ...o, timeZone: 'UTC', calendar: 'gregory', numberingSystem: 'latn' }).format(utc(day));

/** @param {string} day */
export const dayText = (day) => (/^\d{4}-\d\d-\d\d$/.test(day) ? words(day, { day: 'numeric', month: 'short', year: 'numeric' }) : day);

/** @param {Calendar} c @param {string} day */
const canPick = (c, day) =>
  day >= c.min && day <= c.max && !c.unavailable?.includes(day) && (!c.weekdays?.length || c.weekdays.includes(words(day, { weekday: 'short' }, 'en-GB')));

/** Where a day is in a span of several: its first, its last, or one between. @param {string} day @param {[string, string]} span */
function within(day, [first, last]) {
  if (!first || first >= last || day < first || day > last) return nothing;
  return day === first ? 'first' : day === last ? 'last' : 'between';
}

/** @param {Calendar} c @param {string} at @param {string} value */
function shownCalendar(c, at, value) {
  if (calendar?.at === at) return calendar;
  const first = value || (c.today < c.min ? c.min : c.today > c.max ? c.max : c.today);
  return (calendar = { at, month: first.slice(0, 7), focus: first, start: '' });
}

/** @param {Day} d @param {string} at @param {() => void} close */
function daySheet(d, at, close) {
  const value = String(pending(d.name)?.value ?? d.value);
  const state = shownCalendar(d.calendar, at, value);
  return overlaySheet(d.label, close, month(d.calendar, state, [value, value], (day) => {
    send({ type: 'input', field: d.name, value: day });
    close();
  }));
}

/** @param {Range} r @param {string} at @param {() => void} close */
function rangeSheet(r, at, close) {
  const state = shownCalendar(r.calendar, at, r.start.value);
  const span = /** @type {[string, string]} */ (state.start ? [state.start, state.start] : [r.start.value, r.end.value]);
  const title = state.start ? r.end.label : r.start.label;
  return overlaySheet(title, close, html`
    ${month(r.calendar, state, span, (day) => {
      if (!state.start || day < state.start) {
        state.start = day;
        send({ type: 'input', field: r.name, value: { 'start-date': day } });
      } else {
        send({ type: 'input', field: r.name, value: { 'start-date': state.start, 'end-date': day } });
        close();
      }
    })}
    ${r.minDays || r.maxDays ? html`<p class="soft"><bdi>${daysText(r)}</bdi></p>` : nothing}`);
}

/** @param {Range} r */
const daysText = (r) => [r.minDays && `At least ${days(r.minDays)}.`, r.maxDays && `At most ${days(r.maxDays)}.`].filter(Boolean).join(' ');
/** @param {number} n */
const days = (n) => (n === 1 ? '1 day' : `${n} days`);

/** @param {string} locale @returns {number} the first day of the week, 1 is Monday */
const firstDay = (locale) => /** @type {any} */ (new Intl.Locale(locale)).getWeekInfo?.().firstDay ?? 1;

/**
 * A month with arrow keys. Span has its first and last chosen day.
 * @param {Calendar} c @param {NonNullable<typeof calendar>} state @param {[string, string]} span @param {(day: string) => void} pick
 */
function month(c, state, span, pick) {
  const first = `${state.month}-01`;
  const shift = (utc(first).getUTCDay() - firstDay(model.boot.locale || navigator.language) + 7) % 7;
  const weeks = [0, 1, 2, 3, 4, 5].map((w) => [0, 1, 2, 3, 4, 5, 6].map((d) => plusDays(first, w * 7 + d - shift)))
    .filter((week) => week.some((day) => day.startsWith(state.month)));
  /** @param {string} to */
  const turn = (to) => {
    state.month = to < c.min.slice(0, 7) ? c.min.slice(0, 7) : to > c.max.slice(0, 7) ? c.max.slice(0, 7) : to;
    if (!state.focus.startsWith(state.month)) state.focus = `${state.month}-01`;
    update();
  };
  /** @param {KeyboardEvent} e */
  const keys = (e) => {
    const by = { ArrowLeft: -1, ArrowRight: 1, ArrowUp: -7, ArrowDown: 7 }[e.key];
    const rtl = getComputedStyle(/** @type {Element} */ (e.currentTarget)).direction === 'rtl' && (by === 1 || by === -1);
    if (by) state.focus = plusDays(state.focus, rtl ? -by : by);
    else if (e.key === 'PageUp' || e.key === 'PageDown') state.focus = `${plusMonths(state.month, (e.key === 'PageUp' ? -1 : 1) * (e.shiftKey ? 12 : 1))}${state.focus.slice(7).replace(/3[01]|29/, '28')}`;
    else if (e.key === 'Home' || e.key === 'End') state.focus = weeks.find((week) => week.includes(state.focus))?.at(e.key === 'Home' ? 0 : -1) ?? state.focus;
    else return;
    e.preventDefault();
    if (state.focus < c.min) state.focus = c.min;
    if (state.focus > c.max) state.focus = c.max;
    state.month = state.focus.slice(0, 7);
    update();
    requestAnimationFrame(() => document.getElementById(`day-${state.focus}`)?.focus());
  };
  const years = Array.from({ length: Number(c.max.slice(0, 4)) - Number(c.min.slice(0, 4)) + 1 }, (_, i) => Number(c.min.slice(0, 4)) + i);
  return html`
    <div class="calendar">
      <div class="calendar-head">
        <button class="round" aria-label="Previous month" ?disabled=${state.month <= c.min.slice(0, 7)} @click=${() => turn(plusMonths(state.month, -1))}>${icon('previous')}</button>
        <span class="grow">${words(first, { month: 'long' })}</span>
        <select aria-label="Year" @change=${(/** @type {any} */ e) => turn(`${e.target.value}${state.month.slice(4)}`)}>
          ${years.map((y) => html`<option .selected=${live(String(y) === state.month.slice(0, 4))}>${y}</option>`)}
        </select>
        <button class="round" aria-label="Next month" ?disabled=${state.month >= c.max.slice(0, 7)} @click=${() => turn(plusMonths(state.month, 1))}>${icon('next')}</button>
      </div>
      <table role="grid" aria-label=${words(first, { month: 'long', year: 'numeric' })} @keydown=${keys}>
        <thead><tr>${weeks[0]?.map((day) => html`<th scope="col" abbr=${words(day, { weekday: 'long' })}>${words(day, { weekday: 'narrow' })}</th>`)}</tr></thead>
        <tbody>${weeks.map((week) => html`<tr>${week.map((day) => html`
          <td role="gridcell" aria-selected=${day === span[0] || day === span[1]} data-within=${within(day, span)}>
            ${day.startsWith(state.month)
              ? html`<button class="day" id=${`day-${day}`} tabindex=${day === state.focus ? 0 : -1} aria-disabled=${!canPick(c, day)} data-today=${day === c.today}
                  aria-label=${words(day, { weekday: 'long', day: 'numeric', month: 'long', year: 'numeric' })} @click=${() => canPick(c, day) && pick(day)}>${Number(day.slice(8))}</button>`
              : nothing}
          </td>`)}</tr>`)}</tbody>
      </table>
    </div>`;
}
