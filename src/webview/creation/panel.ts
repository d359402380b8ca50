import '@vscode-elements/elements/dist/vscode-badge/index.js';
import { html, nothing, type TemplateResult } from 'lit';
import type { CreationState, StepStatus } from '../../protocol/creation';
import { icon } from '../icons';
import { acceptanceStep } from './acceptanceStep';
import { activeStep } from './activeStep';
import { button, notice, problemBox, said } from './controls';
import { endpointStep } from './endpointStep';
import { instanceStep } from './instanceStep';
import {
  currentStep,
  isCreatedByHand,
  readOnlyText,
  type StepName,
  stepNames,
  stepTitles,
  statusWords,
  type View,
} from './progress';
import { removalSection } from './removal';

const bodies: Readonly<Record<StepName, (view: View) => TemplateResult>> = {
  instance: instanceStep,
  endpoint: endpointStep,
  acceptance: acceptanceStep,
  active: activeStep,
};

/** By hand, the third step's inputs belong beside the second step's instructions. */
function isOpen(view: View, step: StepName, status: StepStatus): boolean {
  return status !== 'todo' || (step === 'acceptance' && isCreatedByHand(view.state));
}

function stepItem(view: View, step: StepName, index: number): TemplateResult {
  const { status } = view.state[step];
  return html`<li
    class="step step-${status}"
    data-step=${step}
    aria-current=${currentStep(view.state) === step ? 'step' : nothing}
  >
    <div class="marker" aria-hidden="true">${status === 'done' ? icon('tick') : index + 1}</div>
    <section class="step-content" aria-labelledby="${step}-title">
      <div class="step-head">
        <h2 id="${step}-title" tabindex="-1">${stepTitles[step]}</h2>
        ${said(status, statusWords[status])}
      </div>
      ${isOpen(view, step, status) ? html`<div class="step-body">${bodies[step](view)}</div>` : nothing}
    </section>
  </li>`;
}

const lostCreation = (
  view: View,
  { creationId, name, text }: CreationState['lost'][number],
): TemplateResult =>
  notice(
    text,
    button(view.state.lost.length === 1 ? 'Give Up…' : `Give Up ${name}…`, () =>
      view.send({ type: 'giveUp', creationId }),
    ),
  );

export function panel(view: View): TemplateResult {
  const { readOnly, removal, lost, canCancel } = view.state;
  return html`
    <header class="panel-head">
      <div class="panel-title">
        <h1>${removal === undefined ? 'Create a Private Endpoint' : 'Private Endpoint'}</h1>
        ${view.state.sandbox ? html`<vscode-badge>Sandbox</vscode-badge>` : nothing}
      </div>
      <p class="hint">
        From your Alibaba Cloud VPC to a TiDB Cloud Premium instance.
        <button type="button" class="link" @click=${() => view.send({ type: 'open', what: 'guide' })}>
          Open Guide
        </button>
      </p>
    </header>
    ${readOnly ? notice(readOnlyText) : nothing} ${problemBox(view, view.state.problem)}
    ${lost.map((creation) => lostCreation(view, creation))}
    ${
      removal === undefined
        ? html`<ol class="steps">
            ${stepNames.map((step, index) => stepItem(view, step, index))}
          </ol>`
        : removalSection(view, removal)
    }
    ${
      canCancel
        ? html`<footer class="buttons">${button('Cancel…', () => view.send({ type: 'cancel' }))}</footer>`
        : nothing
    }
  `;
}
