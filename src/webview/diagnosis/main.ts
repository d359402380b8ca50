import './style.css';
import { html, render } from 'lit';
import type { DiagnosisState, FromDiagnosis } from '../../protocol/diagnosis';
import { Host } from '../host';
import { announcement, panel } from './panel';

const root = document.body.appendChild(document.createElement('main'));
const announcer = document.body.appendChild(document.createElement('div'));
announcer.className = 'visually-hidden';
announcer.setAttribute('role', 'status');

const host = new Host<DiagnosisState, FromDiagnosis>();
let state: DiagnosisState | undefined;

render(html`<p class="hint">Starting…</p>`, root);
host.listen({ type: 'ready' }, (next) => {
  const before = state;
  state = next;
  render(
    panel(next, (message) => host.send(message)),
    root,
  );
  const text = announcement(before, next);
  if (text !== '') {
    announcer.textContent = text;
  }
});
