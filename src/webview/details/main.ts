import './style.css';
import { render } from 'lit';
import type { DetailsState, FromDetails } from '../../protocol/details';
import { Host } from '../host';
import { emptyPage, page, type View } from './page';

const copiedForMs = 1500;
/** A live region that is filled again with the same words says them again only if it was empty for a moment. */
const silentMs = 50;

const root = document.body.appendChild(document.createElement('main'));
const announcer = document.body.appendChild(document.createElement('div'));
announcer.className = 'visually-hidden';
announcer.setAttribute('role', 'status');

const host = new Host<DetailsState, FromDetails>();
let state: DetailsState | undefined;
let copied: string | undefined;
let copiedTimer: number | undefined;
let announceTimer: number | undefined;

function announce(text: string): void {
  window.clearTimeout(announceTimer);
  announcer.textContent = '';
  announceTimer = window.setTimeout(() => (announcer.textContent = text), silentMs);
}

/** Shown once the host has done it. */
async function copy(id: string): Promise<void> {
  try {
    await host.ask((requestId) => ({ type: 'copy', requestId, id }));
  } catch (error) {
    announce(`Not copied: ${error instanceof Error ? error.message : String(error)}.`);
    return;
  }
  window.clearTimeout(copiedTimer);
  copied = id;
  copiedTimer = window.setTimeout(() => {
    copied = undefined;
    draw();
  }, copiedForMs);
  announce('Copied.');
  draw();
}

function draw(): void {
  const view: View = { copied, copy: (id) => void copy(id), send: (message) => host.send(message) };
  render(state === undefined ? emptyPage() : page(state, view), root);
}

draw();
host.listen({ type: 'ready' }, (next) => {
  const before = state;
  state = next;
  if (before === undefined) {
    host.remember(next.ref);
  }
  draw();
  const { health } = next;
  if (before !== undefined && health !== undefined && before.health?.word !== health.word) {
    announce(`${health.word}. ${health.explanation}`);
  }
});
