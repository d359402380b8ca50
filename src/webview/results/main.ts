import './style.css';
import { html, nothing, render, type TemplateResult } from 'lit';
import type { FromResults, ResultsState } from '../../protocol/results';
import { clock, exact } from '../durations';
import { Host } from '../host';
import { icon } from '../icons';
import { resultTable } from './table';

const root = document.body.appendChild(document.createElement('main'));

const host = new Host<ResultsState, FromResults>();
let state: ResultsState | undefined;
let clockTimer: number | undefined;

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;

const warnings = (count: number): string[] => (count === 0 ? [] : [counted(count, 'warning')]);

/** What happened, in the order a person asks for it. */
function outcomeWords({ outcome }: ResultsState): string[] {
  switch (outcome.kind) {
    case 'empty':
    case 'failed':
    case 'running':
      return [];
    case 'cancelled':
      return ['Cancelled'];
    case 'done':
      return [
        `${counted(outcome.affectedRows, 'row')} affected`,
        exact(outcome.elapsedMs),
        ...warnings(outcome.warningCount),
      ];
    case 'rows':
      return [
        outcome.truncated
          ? `first ${counted(outcome.rows.length, 'row')} shown`
          : counted(outcome.rows.length, 'row'),
        exact(outcome.elapsedMs),
        ...warnings(outcome.warningCount),
      ];
  }
}

function head(shown: ResultsState): TemplateResult {
  const { outcome } = shown;
  return html`<header class="head">
    <h1 class="visually-hidden">SQL Results</h1>
    ${shown.connection === '' ? nothing : html`<span class="connection">${shown.connection}</span>`}
    <span class="outcome" role="status">
      ${
        outcome.kind === 'running'
          ? html`<span class="said said-working">${icon('working')}<span>Running</span></span>`
          : outcomeWords(shown).join(' · ')
      }
    </span>
    ${
      outcome.kind === 'running'
        ? html`<span class="elapsed hint" aria-hidden="true">${clock(Date.now() - outcome.startedAtMs)}</span>
            <button type="button" class="button" @click=${() => host.send({ type: 'cancel' })}>
              Cancel
            </button>`
        : nothing
    }
    ${shown.statement === '' ? nothing : html`<code class="statement">${shown.statement}</code>`}
  </header>`;
}

function body(shown: ResultsState): TemplateResult | typeof nothing {
  const { outcome } = shown;
  switch (outcome.kind) {
    case 'empty':
      return html`<p class="hint message">Run a SQL statement to see its rows here.</p>`;
    case 'failed':
      return html`<div class="message">
        <div class="problem" role="alert">
          ${icon('error')}
          <div class="problem-text">
            <p class="problem-message">${outcome.message}</p>
            ${outcome.nextStep === '' ? nothing : html`<p>${outcome.nextStep}</p>`}
          </div>
        </div>
      </div>`;
    case 'rows':
      return html`<div class="scroll" role="region" aria-label="Rows" tabindex="0">
        ${resultTable(outcome)}
      </div>`;
    case 'running':
    case 'done':
    case 'cancelled':
      return nothing;
  }
}

function draw(): void {
  if (state !== undefined) {
    render(html`${head(state)}${body(state)}`, root);
  }
}

host.listen({ type: 'ready' }, (next) => {
  state = next;
  draw();
  window.clearInterval(clockTimer);
  if (next.outcome.kind === 'running') {
    clockTimer = window.setInterval(draw, 1000);
  }
});
