// What the page knows, and how it talks to the server. The page has no rule of WhatsApp:
// it sends what a user does as events and draws the View that comes back.
// @ts-check
/** @import { Boot, View, Event, Exchange, Problem, FlowChange, Handler, Weather } from './api.d.ts' */

/** @type {Boot} */
const boot = JSON.parse(/** @type {HTMLElement} */ (document.getElementById('boot')).textContent ?? '');

/**
 * @typedef {{ kind: 'options' | 'calendar' | 'link' | 'why' | 'menu', at: string }} Overlay
 * Something that covers the screen. At is the pointer of the part that it belongs to; the
 * URL of a link.
 */

export const model = {
  boot,
  view: boot.view,
  exchanges: boot.exchanges,
  change: /** @type {FlowChange} */ (boot.change),
  handler: boot.handler,
  weather: /** @type {Weather} */ (boot.weather),
  /** when the exchange under way began, of performance.now */
  loadingSince: performance.now() - (boot.view.loadingFor ?? 0),
  /** the server cannot be reached */
  away: false,
  /** a sentence about what the page itself could not do */
  notice: '',
  overlay: /** @type {Overlay | null} */ (null),
  /** pointer of the component that the mouse is on, and of the one that was chosen in the source */
  hover: '',
  outlined: '',
};

/** @type {() => void} */
let draw = () => {};
let scheduled = false;

/** Draws the page in the next frame, once. */
export function update() {
  if (scheduled) return;
  scheduled = true;
  requestAnimationFrame(() => {
    scheduled = false;
    draw();
  });
}

/** @param {() => void} f draws the page */
export function onUpdate(f) {
  draw = f;
}

/** @param {View} view */
function show(view) {
  if (view.seq < model.view.seq) return; // an older one that arrived late
  if (view.loading && !model.view.loading) model.loadingSince = performance.now() - (view.loadingFor ?? 0);
  if (view.screen !== model.view.screen || view.open !== model.view.open || view.failure) model.overlay = null;
  if (view.screen !== model.view.screen) model.hover = model.outlined = '';
  model.view = view;
  update();
}

const readOnly = 'A trace shows what happened: it cannot be changed.';

/**
 * Posts to the server and returns the answer. It throws an Error with the server's reason.
 * @param {string} path
 * @param {unknown} body
 * @returns {Promise<any>}
 */
export async function post(path, body) {
  if (boot.traced) throw new Error(readOnly);
  const type = body instanceof Blob ? 'application/octet-stream' : 'application/json';
  const answer = await fetch(path, {
    method: 'POST',
    headers: { 'X-Phone-Token': boot.token, 'Content-Type': type },
    body: body instanceof Blob ? body : JSON.stringify(body),
  });
  const value = await answer.json();
  if (!answer.ok) throw new Error(/** @type {Problem} */ (value).error);
  return value;
}

/** @param {string} path */
export async function get(path) {
  const answer = await fetch(path);
  const value = await answer.json();
  if (!answer.ok) throw new Error(/** @type {Problem} */ (value).error);
  return value;
}

/** @param {string} path */
export const ofPhone = (path) => `/api/phones/${boot.phone}/${path}`;
/** @param {string} path */
export const ofFlow = (path = '') => `/api/flows/${encodeURIComponent(boot.flow)}${path}`;

/** Shows a sentence for some seconds. @param {unknown} problem */
export function complain(problem) {
  const notice = problem instanceof Error ? problem.message : String(problem);
  model.notice = notice;
  update();
  setTimeout(() => {
    if (model.notice !== notice) return;
    model.notice = '';
    update();
  }, 6000);
}

const themes = /** @type {const} */ (['system', 'light', 'dark']);
/** How the page looks: what can be chosen, the default first. */
const looks = { desk: themes, phone: themes, platform: /** @type {const} */ (['iOS', 'Android']) };
/** @typedef {keyof typeof looks} Look */

/** A look of the desk or of the phone, kept over reloads. @template {Look} K @param {K} of @returns {typeof looks[K][number]} */
export const look = (of) => looks[of].find((one) => one === kept()?.getItem(`look-${of}`)) ?? looks[of][0];

/** @param {Look} of */
export function nextLook(of) {
  const all = /** @type {readonly string[]} */ (looks[of]);
  kept()?.setItem(`look-${of}`, all[(all.indexOf(look(of)) + 1) % all.length] ?? '');
  update();
}

/** The storage of the page; null if the browser keeps nothing. */
function kept() {
  try {
    return localStorage;
  } catch {
    return null;
  }
}

// Events go one at a time, in order. While one is under way, the inputs to one field are
// put together, so that typing never waits and sends few requests.
/** @type {Event[]} */
const queue = [];
/** @type {Event | null} */
let sending = null;
let working = false;
let rev = Date.now(); // grows over reloads too

/** @param {Partial<Event> & { type: string }} event */
export function send(event) {
  if (boot.traced) return event.type === 'focus' || event.type === 'blur' ? undefined : complain(readOnly);
  const next = /** @type {Event} */ ({ ...event });
  if (next.type === 'input') next.rev = ++rev;
  const last = queue.at(-1);
  if (next.type === 'input' && last?.type === 'input' && last.field === next.field) queue.pop();
  if (next.type === 'tap' && [sending, ...queue].some((e) => e?.type === 'tap' && e.at === next.at && e.item === next.item)) return; // a double click
  queue.push(next);
  if (queue.length > 1) hurry();
  model.notice = '';
  if (!working) void work();
  update();
}

const gatherTime = 60; // milliseconds; what follows no other input goes at once
let answered = { field: '', at: 0 }; // the last input that was answered
let hurry = () => {};

/** Lets letters that are typed one after the other gather, until something else happens. */
async function gather() {
  const left = answered.at + gatherTime - performance.now();
  if (queue.length !== 1 || queue[0]?.type !== 'input' || queue[0].field !== answered.field || left <= 0) return;
  await /** @type {Promise<void>} */ (new Promise((done) => {
    hurry = done;
    setTimeout(done, left);
  }));
  hurry = () => {};
}

async function work() {
  working = true;
  for (;;) {
    await gather();
    sending = queue.shift() ?? null;
    if (!sending) break;
    try {
      /** @type {View} */
      const view = await post(ofPhone('events'), sending);
      show(view);
      if (sending.type === 'tap' && view.opening) model.overlay = { kind: 'link', at: view.opening };
    } catch (problem) {
      if (sending.type !== 'focus' && sending.type !== 'blur') complain(problem);
    }
    answered = { field: sending.type === 'input' ? (sending.field ?? '') : '', at: performance.now() };
  }
  working = false;
  update(); // nothing is pending any more: what the engine says counts
}

/**
 * The latest value that the user gave a field and that the engine has not answered for.
 * As long as there is one, the page draws it and never writes the engine's into the field:
 * an answer for "Ad" arrives when the field says "Ada".
 * @param {string} field
 * @returns {{ value: unknown } | null}
 */
export function pending(field) {
  const waiting = queue.findLast((e) => e.type === 'input' && e.field === field);
  if (waiting) return { value: waiting.value };
  return sending?.type === 'input' && sending.field === field ? { value: sending.value } : null;
}

/**
 * Opens a message: that of the Flow, with what m changes.
 * @param {{ token?: string, action?: string }} m
 */
export async function openMessage(m = {}) {
  model.overlay = null;
  try {
    show(await post(ofPhone('open'), m));
  } catch (problem) {
    complain(problem);
  }
}

/** Opens a new message and repeats what was done since the last one. */
export async function replay() {
  try {
    show(await post(ofPhone('replay'), {}));
  } catch (problem) {
    complain(problem);
  }
}

/** @type {(() => void)[]} */
const flowListeners = [];
/** @param {() => void} f is called when the Flow JSON has changed */
export function onFlow(f) {
  flowListeners.push(f);
}

/** @type {EventSource | null} */
let stream = null;

/**
 * Listens to what changes without the page. Browsers open at most six connections to one
 * server, so a hidden tab closes its own; it catches up when it is shown again.
 */
export function listen() {
  document.addEventListener('visibilitychange', connect);
  connect();
}

function connect() {
  if (document.hidden) {
    stream?.close();
    stream = null;
  } else {
    stream ??= openStream();
  }
}

/** EventSource connects again by itself, unless the server answers with an error. */
function openStream() {
  const after = model.exchanges.at(-1)?.n ?? 0;
  const stream = new EventSource(ofPhone(`stream?after=${after}`));
  stream.onopen = () => {
    model.away = false;
    update();
  };
  stream.onerror = () => {
    model.away = true;
    update();
    if (stream.readyState === EventSource.CLOSED) setTimeout(comeBack, 1000);
  };
  stream.addEventListener('view', (e) => show(JSON.parse(e.data)));
  stream.addEventListener('exchange', (e) => {
    /** @type {Exchange} */
    const exchange = JSON.parse(e.data);
    if (model.weather.next && !exchange.notice && exchange.n > (model.exchanges.at(-1)?.n ?? 0)) { // it was for this one
      model.weather = {};
      post(ofPhone('weather'), {}).catch(complain);
    }
    model.exchanges = [...model.exchanges.filter((known) => known.n !== exchange.n), exchange].slice(-500);
    update();
  });
  stream.addEventListener('handler', (e) => {
    model.handler = /** @type {Handler} */ (JSON.parse(e.data));
    update();
  });
  stream.addEventListener('page', () => location.reload());
  stream.addEventListener('flow', (e) => {
    model.change = JSON.parse(e.data);
    for (const f of flowListeners) f();
    update();
  });
  return stream;
}

/** Loads the page anew when a server is there again: the phone of the old one is gone. */
async function comeBack() {
  try {
    await fetch(ofFlow());
    location.reload();
  } catch {
    setTimeout(comeBack, 1000);
  }
}
