import { html, nothing, type TemplateResult } from 'lit';
import type { StepStatus } from '../../protocol/creation';
import type { IconName } from '../icons';
import { button, facts, mainButton, problemBox } from './controls';
import type { View } from './progress';
import { waiting } from './waiting';

const icons: Readonly<Partial<Record<StepStatus, IconName>>> = {
  done: 'done',
  failed: 'failed',
  todo: 'todo',
};

export function activeStep(view: View): TemplateResult {
  const { active } = view.state;
  const { status, connectionState, explanation, host, port } = active;
  return html`
    ${
      connectionState === undefined
        ? nothing
        : facts(view, [
            { label: 'Connection Status', value: connectionState, icon: icons[status] ?? 'waiting' },
          ])
    }
    ${explanation === undefined ? nothing : html`<p>${explanation}</p>`}
    ${waiting(view, active.wait, 'Time until the connection is Active')} ${problemBox(view, active.problem)}
    ${
      host === undefined
        ? nothing
        : facts(view, [
            { label: 'Private Domain', value: host, copy: 'host' },
            ...(port === undefined ? [] : [{ label: 'Port', value: String(port) }]),
          ])
    }
    ${
      status === 'done'
        ? html`<div class="buttons">
            ${mainButton(view, 'connect', 'Connect', () => view.send({ type: 'connect' }))}
            ${button('Connect With…', () => view.send({ type: 'connectWith' }))}
            ${button('Diagnose Connection…', () => view.send({ type: 'diagnose' }))}
          </div>`
        : nothing
    }
  `;
}
