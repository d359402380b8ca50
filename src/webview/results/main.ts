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
const help = document.createElement('p');
help.className = 'visually-hidden';
help.id = 'grid-help';
help.textContent =
  'Arrow keys move, with Shift they select. Enter opens a value, on a header it sorts. Shift with arrow keys on a header makes its column wider or narrower. Shift F10 opens the menu.';
const root = document.createElement('main');
const content = document.createElement('div');
content.className = 'content';
root.append(title, status, help, content);
document.body.append(root);

const host = new Host<ResultsState, FromResults>();
const announcer = new Announcer(status);

const ask = ((request: { readonly type: 'rows' | 'arrange' | 'whole' }) =>
  host.ask((requestId) => ({ ...request, requestId }) as FromResults)) as Ask;

let clockTimer: number | undefined;
let shownGrid: Element | undefined;
let shownTab: string | undefined;

const panel = new Panel({ ask, send: (message) => host.send(message), draw });

function draw(): void {
  render(panel.content(), content);
  announcer.say(panel.words, panel.isGoingOn);
  const grid = panel.view?.grid;
  if (grid?.element !== shownGrid) {
    shownGrid = grid?.element;
    grid?.attached();
  }
  if (panel.shown?.id !== shownTab) {
    shownTab = panel.shown?.id;
    content.querySelector('[role=tab][aria-selected=true]')?.scrollIntoView({ block: 'nearest' });
  }
  if (panel.isGoingOn) {
    clockTimer ??= window.setInterval(draw, 1000);
  } else {
    window.clearInterval(clockTimer);
    clockTimer = undefined;
  }
}

const gridHasFocus = (): boolean =>
  panel.view !== undefined && document.activeElement === panel.view.grid.element;

// The editor takes the keys for copying and selecting everything for itself, and has the page do it: there is no text
// that is selected, and none is to be.
document.addEventListener('beforecopy', (event) => {
  if (gridHasFocus()) {
    event.preventDefault();
  }
});
document.addEventListener('selectionchange', () => {
  const selection = getSelection();
  if (gridHasFocus() && selection?.isCollapsed === false) {
    selection.removeAllRanges();
  }
});
document.addEventListener('copy', (event) => {
  if (gridHasFocus()) {
    event.preventDefault();
    panel.view?.copy();
  }
});

host.listen({ type: 'ready' }, (next) => {
  panel.update(next);
  draw();
});
