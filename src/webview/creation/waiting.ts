import '@vscode-elements/elements/dist/vscode-progress-bar/index.js';
import { html, nothing, type TemplateResult } from 'lit';
import type { Wait } from '../../protocol/creation';
import { about, clock } from '../durations';
import type { View } from './progress';

/** How far it is, for as long as it usually takes; beyond that only the time goes on. */
export function waiting(
  { nowMs }: View,
  wait: Wait | undefined,
  name: string,
): TemplateResult | typeof nothing {
  if (wait === undefined) {
    return nothing;
  }
  const elapsedMs = Math.max(0, nowMs - wait.startedAtMs);
  const late = elapsedMs > wait.usualMs;
  const usual = about(wait.usualMs);
  const estimate = late ? `longer than usual (${usual})` : `usually ${usual}`;
  return html`<div class="wait">
    <vscode-progress-bar
      aria-label=${name}
      max="100"
      .value=${late ? 99 : Math.floor((elapsedMs / Math.max(1, wait.usualMs)) * 99)}
    ></vscode-progress-bar>
    <p class="hint"><span class="elapsed">${clock(elapsedMs)}</span> elapsed · ${estimate}</p>
  </div>`;
}
