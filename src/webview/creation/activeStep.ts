import '@vscode-elements/elements/dist/vscode-progress-bar/index.js';
import { html, nothing, type TemplateResult } from 'lit';
import type { StepStatus } from '../../protocol/creation';
import type { IconName } from '../icons';
import { about, clock } from '../durations';
import { facts, mainButton, problemBox } from './controls';
import type { View } from './progress';

const icons: Readonly<Partial<Record<StepStatus, IconName>>> = {
  done: 'done',
  failed: 'failed',
  todo: 'todo',
};

/** How far it is, for as long as it usually takes; beyond that only the time goes on. */
function wait({ state, nowMs }: View): TemplateResult | typeof nothing {
  const { status, startedAtMs, usualDurationMs } = state.active;
  if (startedAtMs === undefined || status === 'done' || status === 'failed') {
    return nothing;
  }
  const elapsedMs = Math.max(0, nowMs - startedAtMs);
  const late = elapsedMs > usualDurationMs;
  const usual = about(usualDurationMs);
  const estimate = late ? `longer than usual (${usual})` : `usually ${usual}`;
  return html`<div class="wait">
    <vscode-progress-bar
      aria-label="Time until the connection is Active"
      max="100"
      .value=${late ? 99 : Math.floor((elapsedMs / Math.max(1, usualDurationMs)) * 99)}
    ></vscode-progress-bar>
    <p class="hint"><span class="elapsed">${clock(elapsedMs)}</span> elapsed · ${estimate}</p>
  </div>`;
}

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
    ${explanation === undefined ? nothing : html`<p>${explanation}</p>`} ${wait(view)}
    ${problemBox(view, active.problem)}
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
          </div>`
        : nothing
    }
  `;
}
