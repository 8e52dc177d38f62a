// The page: the phone on its desk, and the inspector.
// @ts-check
import { html, render, nothing } from './vendor/lit-html/lit-html.js';
import { model, update, onUpdate, listen, openMessage, replay, look, nextLook } from './model.js';
import { phone, icon, afterPaint } from './phone.js';
import { inspector, sentence } from './inspector.js';

const wide = matchMedia('(min-width: 900px)');
wide.addEventListener('change', update);

const flowChoice = () =>
  model.boot.flows.length < 2
    ? html`<span class="flow">${model.boot.flow}</span>`
    : html`<select class="flow" aria-label="Flow" @change=${(/** @type {any} */ e) => location.assign(`/?flow=${encodeURIComponent(e.target.value)}`)}>
        ${model.boot.flows.map((f) => html`<option ?selected=${f === model.boot.flow}>${f}</option>`)}
      </select>`;

const page = () => html`
  <main class="desk" data-pane=${wide.matches ? 'both' : 'one'}>
    <section class="stage" aria-label="Device">
      <header class="bar">
        <h1><span class="mark" aria-hidden="true"></span>flowserver phone</h1>
        ${flowChoice()}
        <span class="grow"></span>
        <button class="chip round-chip" title=${`Theme of the desk: ${look('desk')}`} aria-label=${`Theme of the desk: ${look('desk')}`} @click=${() => nextLook('desk')}>
          ${icon({ system: 'auto', light: 'sun', dark: 'moon' }[look('desk')])}</button>
        <button class="chip" title="Opens a new message, with a new token" @click=${() => openMessage()}>${icon('restart')}<span>New message</span></button>
      </header>
      ${phone()}
    </section>
    ${inspector(wide.matches)}
    ${model.away || model.notice
      ? html`<p class="toast" role="status">${model.away ? 'flowserver has stopped. This page reloads when it is back.' : sentence(model.notice)}</p>`
      : nothing}
  </main>`;

onUpdate(() => {
  document.documentElement.dataset['theme'] = look('desk');
  render(page(), document.body);
  afterPaint();
});

// A reload goes on with the same phone.
history.replaceState(null, '', `/?flow=${encodeURIComponent(model.boot.flow)}&phone=${model.boot.phone}${location.hash}`);
document.body.replaceChildren();
update();
listen();
setInterval(() => model.view.loading && update(), 500); // the countdown

// What has a use for letters itself.
const forLetters = 'input:not([type=radio], [type=checkbox], [type=file]), textarea, select, .over';

document.addEventListener('keydown', (e) => {
  const target = /** @type {HTMLElement} */ (e.target);
  if (e.key?.toLowerCase() !== 'r' || e.ctrlKey || e.metaKey || e.altKey || target.closest(forLetters)) return;
  void replay();
});
