import { html, nothing, type TemplateResult } from 'lit';
import type { FromResults, ResultsState, ResultTab, ShownAction, ShownWarning } from '../../protocol/results';
import { clock } from '../durations';
import { icon } from '../icons';
import { PlanView } from './plan';
import type { Ask } from './rowsModel';
import { RowsView } from './rowsView';
import { tabBar } from './tabBar';
import { counted, outcomeWords } from './words';

type Part = TemplateResult | typeof nothing;

export interface PanelActions {
  readonly ask: Ask;
  readonly send: (message: FromResults) => void;
  readonly draw: () => void;
}

/** The whole page: the tabs, and the one of them that is in sight. */
export class Panel {
  private state: ResultsState = { tabs: [] };
  private readonly views = new Map<string, RowsView>();
  private readonly plans = new Map<string, PlanView>();
  /** What the person has picked; while that is nothing, the panel follows what goes on. */
  private picked: string | undefined;
  private told: string | undefined;
  private receivedAt = 0;

  constructor(private readonly actions: PanelActions) {}

  get shown(): ResultTab | undefined {
    const { tabs } = this.state;
    const begun = tabs.filter(({ outcome: { kind } }) => kind !== 'waiting' && kind !== 'skipped');
    return tabs.find(({ id }) => id === this.picked) ?? begun.at(-1) ?? tabs[0];
  }

  get view(): RowsView | undefined {
    const { shown } = this;
    return shown?.outcome.kind === 'rows' ? this.views.get(shown.id) : undefined;
  }

  /** Something is going on that a clock belongs to. */
  get isGoingOn(): boolean {
    const { shown } = this;
    return shown !== undefined && runningFor(shown) !== undefined;
  }

  /** What happened, for everybody. */
  get words(): string {
    const { shown } = this;
    return shown === undefined
      ? ''
      : [...outcomeWords(shown, this.view?.model), ...warningWords(shown)].join(' · ');
  }

  update(state: ResultsState): void {
    this.state = state;
    this.receivedAt = performance.now();
    const ids = new Set(state.tabs.map(({ id }) => id));
    for (const kept of [this.views, this.plans]) {
      [...kept.keys()].filter((id) => !ids.has(id)).forEach((id) => kept.delete(id));
    }
    if (this.picked !== undefined && !ids.has(this.picked)) {
      this.picked = undefined;
    }
    for (const { id, outcome } of state.tabs) {
      if (outcome.kind === 'rows') {
        const view = this.views.get(id) ?? new RowsView(id, { ...this.actions, onChange: this.actions.draw });
        this.views.set(id, view);
        view.update(outcome);
      } else {
        this.views.delete(id);
      }
      if (outcome.kind === 'plan') {
        const plan = this.plans.get(id) ?? new PlanView(id, this.actions.draw);
        this.plans.set(id, plan);
        plan.update(outcome.plan);
      }
    }
  }

  content(): TemplateResult {
    const { shown } = this;
    if (shown === undefined) {
      return html`<p class="hint message">Run a SQL statement to see its rows here.</p>`;
    }
    if (this.told !== shown.id) {
      this.told = shown.id;
      this.actions.send({ type: 'show', tab: shown.id });
    }
    const { tabs } = this.state;
    const several = tabs.length > 1;
    const index = tabs.indexOf(shown);
    return html`${several ? tabBar(tabs, shown.id, (id) => this.pick(id)) : nothing}
      <div
        class="result"
        id="result"
        role=${several ? 'tabpanel' : nothing}
        aria-labelledby=${several ? `tab-${index}` : nothing}
      >
        ${this.head(shown)} ${warningsOf(shown)} ${this.body(shown)}
      </div>`;
  }

  private pick(id: string): void {
    this.picked = id;
    this.actions.draw();
  }

  private head(tab: ResultTab): TemplateResult {
    const startedAgo = runningFor(tab);
    const working = startedAgo !== undefined;
    return html`<header class="head">
      <span class="connection">${tab.connection}</span>
      <span class="outcome" aria-hidden="true">
        ${
          working || this.view?.model.slow === true
            ? html`<span class="said said-working">${icon('working')}<span>${this.words}</span></span>`
            : this.words
        }
      </span>
      ${
        working
          ? html`<span class="elapsed hint" aria-hidden="true"
                >${clock(startedAgo + performance.now() - this.receivedAt)}</span
              >
              <button type="button" class="button" @click=${() => this.actions.send({ type: 'cancel' })}>
                Cancel
              </button>`
          : nothing
      }
      <code class="statement" title=${tab.statement}>${tab.statement}</code>
      <button
        type="button"
        class="icon-button"
        aria-label="Copy Statement"
        title="Copy Statement"
        @click=${() => this.actions.send({ type: 'copyStatement', tab: tab.id })}
      >
        ${icon('copy')}
      </button>
      ${tab.outcome.kind === 'plan' ? this.copyPlan(tab.id) : (this.view?.toolbar() ?? nothing)}
    </header>`;
  }

  private copyPlan(tab: string): TemplateResult {
    return html`<button
      type="button"
      class="button tool"
      @click=${() => this.actions.send({ type: 'copyPlan', tab })}
    >
      ${icon('copy')}Copy Plan
    </button>`;
  }

  private body(tab: ResultTab): Part {
    const { outcome } = tab;
    switch (outcome.kind) {
      case 'failed':
        return html`<div class="message">
          <div class="problem" role="alert">
            ${icon('error')}
            <div class="problem-text">
              <p class="problem-message">${outcome.message}</p>
              ${outcome.nextStep === '' ? nothing : html`<p>${outcome.nextStep}</p>`}
              ${this.buttons(tab, outcome.actions)}
            </div>
          </div>
        </div>`;
      case 'cancelled':
        return html`<div class="message">${this.buttons(tab, outcome.actions)}</div>`;
      case 'plan':
        return this.plans.get(tab.id)?.content() ?? nothing;
      case 'rows':
        return this.rows();
      case 'waiting':
      case 'running':
      case 'done':
      case 'skipped':
        return nothing;
    }
  }

  private rows(): Part {
    const { view } = this;
    if (view === undefined) {
      return nothing;
    }
    const { model } = view;
    return html`${
      model.failure === ''
        ? nothing
        : html`<div class="message">
            <div class="problem" role="alert">
              ${icon('error')}
              <p>${model.failure}</p>
            </div>
          </div>`
    }
    ${
      model.filter !== '' && model.count === 0 && !model.arranging
        ? html`<p class="hint message">No row that has arrived contains this text.</p>`
        : nothing
    }
    ${view.grid.element}`;
  }

  private buttons({ id }: ResultTab, actions: readonly ShownAction[]): TemplateResult {
    return html`<div class="buttons">
      ${actions.map(
        (action) =>
          html`<button
            type="button"
            class="button"
            @click=${() => this.actions.send({ type: 'act', tab: id, action: action.id })}
          >
            ${action.label}
          </button>`,
      )}
    </div>`;
  }
}

/** Undefined when it is over, or has not begun. */
function runningFor({ outcome }: ResultTab): number | undefined {
  const goesOn = outcome.kind === 'running' || (outcome.kind === 'rows' && outcome.elapsedMs === undefined);
  return goesOn ? outcome.runningForMs : undefined;
}

const warningsIn = ({ outcome }: ResultTab): readonly ShownWarning[] =>
  outcome.kind === 'rows' || outcome.kind === 'done' ? outcome.warnings : [];

function warningWords(tab: ResultTab): readonly string[] {
  const { length } = warningsIn(tab);
  return length === 0 ? [] : [counted(length, 'warning')];
}

function warningsOf(tab: ResultTab): Part {
  const warnings = warningsIn(tab);
  return warnings.length === 0
    ? nothing
    : html`<details class="warnings">
        <summary>${icon('warning')}${counted(warnings.length, 'warning')}</summary>
        <ul tabindex="0" aria-label="Warnings">
          ${warnings.map(
            ({ level, code, message }) => html`<li><strong>${level} ${code}</strong> ${message}</li>`,
          )}
        </ul>
      </details>`;
}
