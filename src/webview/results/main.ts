import './style.css';
import { render } from 'lit';
import type { FromResults, ResultsState } from '../../protocol/results';
import { Host } from '../host';
import { Panel } from './panel';
import type { Ask } from './rowsModel';
import { Announcer } from './words';

const title = document.createElement('h1');
title.className = 'visually-hidden';
title.textContent = 'SQL Results';
const status = document.createElement('div');
status.className = 'visually-hidden';
status.setAttribute('role', 'status');
const root = document.createElement('main');
const content = document.createElement('div');
content.className = 'content';
root.append(title, status, content);
document.body.append(root);

const host = new Host<ResultsState, FromResults>();
const announcer = new Announcer(status);

const ask = ((request: { readonly type: 'rows' | 'arrange' | 'whole' }) =>
  host.ask((requestId) => ({ ...request, requestId }) as FromResults)) as Ask;

let clockTimer: number | undefined;
let shownGrid: Element | undefined;

const panel = new Panel({ ask, send: (message) => host.send(message), draw });

function draw(): void {
  render(panel.content(), content);
  announcer.say(panel.words, panel.isGoingOn);
  const grid = panel.view?.grid;
  if (grid?.element !== shownGrid) {
    shownGrid = grid?.element;
    grid?.attached();
  }
  if (panel.isGoingOn) {
    clockTimer ??= window.setInterval(draw, 1000);
  } else {
    window.clearInterval(clockTimer);
    clockTimer = undefined;
  }
}

// The editor takes the key for itself and has the page copy.
document.addEventListener('copy', (event) => {
  const { view } = panel;
  if (view !== undefined && document.activeElement === view.grid.element) {
    event.preventDefault();
    view.copy();
  }
});

host.listen({ type: 'ready' }, (next) => {
  panel.update(next);
  draw();
});
