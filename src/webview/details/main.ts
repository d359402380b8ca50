import './style.css';
import { html, nothing, render, type TemplateResult } from 'lit';
import type { HealthLevel } from '../../core/health';
import type { DetailFact, DetailsState, FromDetails } from '../../protocol/details';
import { Host } from '../host';
import { icon, type IconName } from '../icons';
import { latencyChart } from './latencyChart';

const copiedForMs = 1500;

const root = document.body.appendChild(document.createElement('main'));
const announcer = document.body.appendChild(document.createElement('div'));
announcer.className = 'visually-hidden';
announcer.setAttribute('role', 'status');

const host = new Host<DetailsState, FromDetails>();
let state: DetailsState | undefined;
let copied: string | undefined;
let copiedTimer: number | undefined;

const levelIcons: Readonly<Record<HealthLevel, IconName>> = {
  healthy: 'done',
  changing: 'waiting',
  attention: 'warning',
  failed: 'failed',
};

const levelClasses: Readonly<Record<HealthLevel, string>> = {
  healthy: 'said-done',
  changing: 'said-waiting',
  attention: 'said-warning',
  failed: 'said-failed',
};

const stateWord = (level: HealthLevel, word: string): TemplateResult =>
  html`<span class="said ${levelClasses[level]}">${icon(levelIcons[level])}<span>${word}</span></span>`;

const when = (atMs: number): string =>
  new Date(atMs).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'medium' });

function copy(value: string): void {
  host.send({ type: 'copy', value });
  window.clearTimeout(copiedTimer);
  copied = value;
  announcer.textContent = 'Copied.';
  copiedTimer = window.setTimeout(() => {
    copied = undefined;
    announcer.textContent = '';
    draw();
  }, copiedForMs);
  draw();
}

/** @param what names the value, for the button's accessible name */
function copyButton(what: string, value: string): TemplateResult {
  const isCopied = copied === value;
  return html`<button
    type="button"
    class="icon-button"
    aria-label="Copy ${what}"
    title=${isCopied ? 'Copied' : `Copy ${what}`}
    @click=${() => copy(value)}
  >
    ${icon(isCopied ? 'tick' : 'copy')}
  </button>`;
}

const actionButtons = (actions: readonly { readonly id: string; readonly label: string }[]): TemplateResult =>
  html`<div class="buttons">
    ${actions.map(
      ({ id, label }) =>
        html`<button type="button" class="button" @click=${() => host.send({ type: 'act', action: id })}>
          ${label}
        </button>`,
    )}
  </div>`;

function factRow({ label, value, level, note }: DetailFact): TemplateResult {
  return html`<div class="fact">
    <dt>${label}</dt>
    <dd>
      <span class="value"
        >${level === undefined ? html`<code>${value}</code>` : stateWord(level, value)}${copyButton(label, value)}</span
      >
      ${note === undefined ? nothing : html`<p class="hint">${note}</p>`}
    </dd>
  </div>`;
}

function section(id: string, title: string, body: TemplateResult): TemplateResult {
  return html`<section class="card" aria-labelledby=${id}>
    <h2 id=${id}>${title}</h2>
    ${body}
  </section>`;
}

const cell = (what: string, value: string): TemplateResult =>
  value === ''
    ? html`<td><span class="hint">none yet</span></td>`
    : html`<td>
        <span class="value"><code>${value}</code>${copyButton(what, value)}</span>
      </td>`;

function zonesTable({ zones, loading }: DetailsState): TemplateResult {
  if (zones === undefined) {
    return html`<p class="hint">
      ${loading ? 'Reading…' : 'Not visible with the Alibaba Cloud account at hand.'}
    </p>`;
  }
  return html`<div class="scroll" tabindex="0" role="region" aria-label="Table of Zones">
    <table>
      <thead>
        <tr>
          <th scope="col">Zone</th>
          <th scope="col">State</th>
          <th scope="col">IP Address</th>
          <th scope="col">vSwitch</th>
          <th scope="col">Network Interface</th>
        </tr>
      </thead>
      <tbody>
        ${zones.map(
          ({ zoneId, status, level, ip, vSwitchId, networkInterfaceId }) =>
            html`<tr>
              <th scope="row">
                <span class="value"><code>${zoneId}</code>${copyButton(`Zone ${zoneId}`, zoneId)}</span>
              </th>
              <td>${stateWord(level, status)}</td>
              ${cell(`IP Address in ${zoneId}`, ip)} ${cell(`vSwitch in ${zoneId}`, vSwitchId)}
              ${cell(`Network Interface in ${zoneId}`, networkInterfaceId)}
            </tr>`,
        )}
      </tbody>
    </table>
  </div>`;
}

function groupsList({ securityGroups, loading }: DetailsState): TemplateResult {
  if (securityGroups === undefined) {
    return html`<p class="hint">
      ${loading ? 'Reading…' : 'Not visible with the Alibaba Cloud account at hand.'}
    </p>`;
  }
  if (securityGroups.length === 0) {
    return html`<p class="hint">None is attached.</p>`;
  }
  return html`<ul class="groups">
    ${securityGroups.map(
      ({ id, status, answer, level, rules }) =>
        html`<li>
          <span class="value"><code>${id}</code>${copyButton(`Security Group ${id}`, id)}</span>
          <span class="hint">${status}</span>
          ${stateWord(level, answer)}
          ${
            rules.length === 0
              ? nothing
              : html`<ul class="rules">
                  ${rules.map((rule) => html`<li>${rule}</li>`)}
                </ul>`
          }
        </li>`,
    )}
  </ul>`;
}

function timelineList({ timeline }: DetailsState): TemplateResult {
  if (timeline.length === 0) {
    return html`<p class="hint">No change has been seen yet.</p>`;
  }
  return html`<ol class="timeline">
    ${timeline.map(
      ({ atMs, level, word, explanation }) =>
        html`<li>
          <time datetime=${new Date(atMs).toISOString()}>${when(atMs)}</time>
          ${stateWord(level, word)}
          <p class="hint">${explanation}</p>
        </li>`,
    )}
  </ol>`;
}

function page(shown: DetailsState): TemplateResult {
  const { title, instance, health, groups, actions, problem, loading, sandbox } = shown;
  return html`
    <header class="head">
      <h1>${title}</h1>
      <p class="hint">Private endpoint of ${instance}${sandbox ? ' · Sandbox' : ''}</p>
      <p class="health">${stateWord(health.level, health.word)}</p>
      <p>${health.explanation}</p>
      ${health.sinceMs === undefined ? nothing : html`<p class="hint">Since ${when(health.sinceMs)}</p>`}
      <div class="buttons">
        <button
          type="button"
          class="button button-main"
          aria-disabled=${loading ? 'true' : nothing}
          @click=${() => !loading && host.send({ type: 'refresh' })}
        >
          ${loading ? 'Reading…' : 'Refresh'}
        </button>
      </div>
      ${actionButtons(actions)}
    </header>
    ${
      problem === undefined
        ? nothing
        : html`<div class="problem" role="alert">
            ${icon('error')}
            <div class="problem-text">
              <p class="problem-message">${problem.message}</p>
              <p>${problem.nextStep}</p>
              ${actionButtons(problem.actions)}
            </div>
          </div>`
    }
    <div class="cards">
      ${groups.map(({ name, facts }, at) =>
        section(`group-${at}`, name, html`<dl>${facts.map(factRow)}</dl>`),
      )}
      ${section('latency', 'Latency', latencyChart(shown.latency))}
      ${section('zones', 'Zones', zonesTable(shown))}
      ${section('groups', 'Security Groups', groupsList(shown))}
      ${section('timeline', 'Timeline', timelineList(shown))}
    </div>
  `;
}

function draw(): void {
  render(state === undefined ? html`<p class="hint">Reading…</p>` : page(state), root);
}

draw();
host.listen({ type: 'ready' }, (next) => {
  const before = state;
  state = next;
  if (before === undefined) {
    host.remember(next.ref);
  }
  draw();
  if (before !== undefined && before.health.word !== next.health.word) {
    announcer.textContent = `${next.health.word}. ${next.health.explanation}`;
  }
});
