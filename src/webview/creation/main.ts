import './style.css';
import { html, render } from 'lit';
import type { CreationState, FromCreation } from '../../protocol/creation';
import { Host } from '../host';
import { said } from './controls';
import { panel } from './panel';
import { announcement, type CopyTarget, type View, waitOf } from './progress';

const copiedForMs = 1500;

const root = document.body.appendChild(document.createElement('main'));
const announcer = document.body.appendChild(document.createElement('div'));
announcer.className = 'visually-hidden';
announcer.setAttribute('role', 'status');

const host = new Host<CreationState, FromCreation>();
let state: CreationState | undefined;
let copied: CopyTarget | undefined;
let copiedTimer: number | undefined;
let clockTimer: number | undefined;

/** Drawing may take away what has the focus; the keyboard then goes on from the step that is next. */
function keepFocus(draw: () => void): void {
  const before = document.activeElement;
  draw();
  if (before !== null && !before.isConnected) {
    root.querySelector<HTMLElement>('[aria-current="step"] h2, .removal h2')?.focus();
  }
}

function draw(): void {
  if (state === undefined) {
    render(html`<p class="activity">${said('working', 'Loading')}</p>`, root);
    return;
  }
  const view: View = {
    state,
    nowMs: Date.now(),
    copied,
    send: (message) => host.send(message),
    copy(what) {
      host.send({ type: 'copy', what });
      window.clearTimeout(copiedTimer);
      copied = what;
      copiedTimer = window.setTimeout(() => {
        copied = undefined;
        announcer.textContent = '';
        draw();
      }, copiedForMs);
      announcer.textContent = 'Copied.';
      draw();
    },
  };
  keepFocus(() => render(panel(view), root));
}

/** The clock runs only where a clock is shown. */
function runClock(now: CreationState): void {
  window.clearInterval(clockTimer);
  if (waitOf(now) !== undefined) {
    clockTimer = window.setInterval(draw, 1000);
  }
}

draw();
host.listen({ type: 'ready' }, (next) => {
  const before = state;
  state = next;
  if (before?.instance.instanceId !== next.instance.instanceId) {
    const { instanceId } = next.instance;
    host.remember(instanceId === undefined ? {} : { instanceId });
  }
  draw();
  runClock(next);
  const text = before === undefined ? '' : announcement(before, next);
  if (text !== '') {
    announcer.textContent = text;
    // What is next may have come in below the fold.
    root.querySelector('[aria-current="step"]')?.scrollIntoView({ block: 'nearest' });
  }
});
