import { html, type TemplateResult } from 'lit';
import type { ResultTab } from '../../protocol/results';
import { icon, type IconName } from '../icons';
import { oneLine } from './cellText';

const icons: Readonly<Record<ResultTab['outcome']['kind'], IconName>> = {
  waiting: 'waiting',
  running: 'working',
  rows: 'done',
  done: 'done',
  plan: 'done',
  cancelled: 'failed',
  skipped: 'todo',
  failed: 'error',
};

const stateWords: Readonly<Record<ResultTab['outcome']['kind'], string>> = {
  waiting: 'waiting',
  running: 'running',
  rows: 'rows',
  done: 'done',
  plan: 'plan',
  cancelled: 'cancelled',
  skipped: 'not run',
  failed: 'failed',
};

const longest = 40;

/** A statement's beginning, on one line. */
export function shortStatement(statement: string): string {
  const line = oneLine(statement.trim()).replace(/[\s↵⇥]+/g, ' ');
  return line.length > longest ? `${line.slice(0, longest)}…` : line;
}

const shapeOf = ({ outcome }: ResultTab): IconName =>
  outcome.kind === 'rows' && outcome.elapsedMs === undefined ? 'working' : icons[outcome.kind];

export function tabBar(
  tabs: readonly ResultTab[],
  chosen: string,
  choose: (id: string) => void,
): TemplateResult {
  const key = (event: KeyboardEvent, index: number): void => {
    const last = tabs.length - 1;
    const targets: Readonly<Record<string, number>> = {
      ArrowLeft: index === 0 ? last : index - 1,
      ArrowRight: index === last ? 0 : index + 1,
      Home: 0,
      End: last,
    };
    const next = targets[event.key];
    if (next !== undefined) {
      event.preventDefault();
      choose(tabs[next]?.id ?? chosen);
      document.getElementById(`tab-${next}`)?.focus();
    }
  };
  return html`<div class="tabs" role="tablist" aria-label="Results">
    ${tabs.map(
      (tab, index) =>
        html`<button
          type="button"
          role="tab"
          class="tab said-${shapeOf(tab)}"
          id="tab-${index}"
          title=${tab.statement}
          aria-selected=${tab.id === chosen ? 'true' : 'false'}
          aria-controls="result"
          tabindex=${tab.id === chosen ? 0 : -1}
          @click=${() => choose(tab.id)}
          @keydown=${(event: KeyboardEvent) => key(event, index)}
        >
          ${icon(shapeOf(tab))}<span class="tab-text">${index + 1} ${shortStatement(tab.statement)}</span
          ><span class="visually-hidden">, ${stateWords[tab.outcome.kind]}</span>
        </button>`,
    )}
  </div>`;
}
