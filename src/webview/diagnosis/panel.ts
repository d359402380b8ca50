import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { Line, LineStatus } from '../../core/diagnosis/line';
import type { DiagnosisState, FromDiagnosis } from '../../protocol/diagnosis';
import { button, said } from '../creation/controls';
import { exact } from '../durations';
import { icon, type IconName } from '../icons';

type Send = (message: FromDiagnosis) => void;
type Part = TemplateResult | typeof nothing;

const icons: Readonly<Record<LineStatus, IconName>> = {
  waiting: 'todo',
  running: 'working',
  ok: 'done',
  warning: 'warning',
  failed: 'failed',
  skipped: 'skipped',
};

const statusWords: Readonly<Record<LineStatus, string>> = {
  waiting: 'Waiting',
  running: 'Running',
  ok: 'OK',
  warning: 'Look here',
  failed: 'Failed',
  skipped: 'Not tried',
};

const conclusionIcons = { good: 'done', open: 'info', bad: 'failed' } as const;

export function panel(state: DiagnosisState, send: Send): TemplateResult {
  return html`
    <header class="head">
      <div class="head-text">
        <h1>Diagnose Connection</h1>
        <p class="hint">${state.heading}${state.sandbox ? ' · Sandbox' : ''}</p>
      </div>
      <div class="buttons">
        ${
          state.running
            ? button('Cancel', () => send({ type: 'cancel' }))
            : button('Run Again', () => send({ type: 'runAgain' }))
        }
        ${button('Copy Report', () => send({ type: 'copyReport' }), { icon: 'copy' })}
      </div>
    </header>
    ${verdict(state, send)} ${state.groups.map((group, at) => lineGroup(group, at))}
  `;
}

function verdict({ conclusion, running }: DiagnosisState, send: Send): Part {
  if (conclusion === undefined) {
    return running
      ? html`<section class="verdict" aria-label="Conclusion">
          <p>${said('working', 'Looking at the way and at both clouds…')}</p>
        </section>`
      : nothing;
  }
  const { level, title, explanation, nextStep, actions } = conclusion;
  return html`<section class="verdict verdict-${level}" aria-label="Conclusion">
    ${icon(conclusionIcons[level])}
    <div class="verdict-text">
      <h2>${title}</h2>
      <p>${explanation}</p>
      ${nextStep === '' ? nothing : html`<p class="next">${nextStep}</p>`}
      ${
        actions.length === 0
          ? nothing
          : html`<div class="buttons">
              ${actions.map(({ id, label }, at) =>
                button(label, () => send({ type: 'act', action: id }), { main: at === 0 }),
              )}
            </div>`
      }
    </div>
  </section>`;
}

function lineGroup({ title, lines }: DiagnosisState['groups'][number], at: number): TemplateResult {
  return html`<section aria-labelledby="group-${at}">
    <h2 id="group-${at}">${title}</h2>
    <ul class="lines">
      ${repeat(lines, ({ id }) => id, line)}
    </ul>
  </section>`;
}

function line({ title, status, tried, outcome, elapsedMs, details, advice }: Line): TemplateResult {
  return html`<li class="line line-${status}">
    ${icon(icons[status])}
    <div class="line-text">
      <div class="line-head">
        <h3>${title}</h3>
        <span class="visually-hidden">: ${statusWords[status]}</span>
        ${elapsedMs === undefined ? nothing : html`<span class="took">${exact(elapsedMs)}</span>`}
      </div>
      ${status === 'skipped' ? nothing : html`<p class="tried">${tried}</p>`}
      ${outcome === '' ? nothing : html`<p class="outcome">${outcome}</p>`}
      ${advice === undefined || status === 'ok' ? nothing : html`<p class="advice">${advice}</p>`}
      ${
        details.length === 0
          ? nothing
          : html`<details>
              <summary aria-label="Details of ${title}">Details</summary>
              <ul class="details">
                ${details.map((detail) => html`<li>${detail}</li>`)}
              </ul>
            </details>`
      }
    </div>
  </li>`;
}

/** For a screen reader: what failed, and the conclusion; not every line. */
export function announcement(before: DiagnosisState | undefined, after: DiagnosisState): string {
  const { conclusion } = after;
  if (conclusion !== undefined && before?.conclusion?.title !== conclusion.title) {
    return `${conclusion.title}. ${conclusion.explanation} ${conclusion.nextStep}`.trim();
  }
  if (after.running && before?.running !== true) {
    return 'The diagnosis is running.';
  }
  const earlier = new Map(before?.groups.flatMap(({ lines }) => lines).map(({ id, status }) => [id, status]));
  return after.groups
    .flatMap(({ lines }) => lines)
    .filter(({ id, status }) => status === 'failed' && earlier.get(id) !== 'failed')
    .map(({ title }) => `${title}: failed.`)
    .join(' ');
}
