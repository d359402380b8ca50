import { html, nothing, type TemplateResult } from 'lit';
import type { HealthLevel } from '../../core/health';
import {
  copyIds,
  type DetailAction,
  type DetailChange,
  type DetailFact,
  type DetailGroup,
  type DetailSecurityGroup,
  type DetailsProblem,
  type DetailsState,
  type DetailZone,
  type EndpointFacts,
  type FromDetails,
} from '../../protocol/details';
import { icon, type IconName } from '../icons';
import { latencyChart } from './latencyChart';

type Part = TemplateResult | typeof nothing;

/** What the page knows beside the state, and what it can do. */
export interface View {
  /** The name of the value that was copied a moment ago. */
  readonly copied: string | undefined;
  copy(id: string): void;
  send(message: FromDetails): void;
}

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

export const emptyPage = (): TemplateResult => html`<p class="hint">Reading…</p>`;

export function page(state: DetailsState, view: View): TemplateResult {
  const { title, instance, health, endpoint, actions, problems, loading, sandbox, timeline } = state;
  return html`
    <header class="head">
      <h1>${title}</h1>
      <p class="hint">Private endpoint of ${instance}${sandbox ? ' · Sandbox' : ''}</p>
      ${health === undefined ? unknownHealth(loading) : healthHead(health, view)}
      <div class="buttons">
        <button
          type="button"
          class="button button-main"
          aria-disabled=${loading ? 'true' : nothing}
          @click=${() => !loading && view.send({ type: 'refresh' })}
        >
          ${loading ? 'Reading…' : 'Refresh'}
        </button>
      </div>
      ${actionButtons(actions, view)}
    </header>
    ${problems.map((problem) => problemBox(problem, view))}
    <div class="cards">
      ${endpoint === undefined ? nothing : endpointCards(endpoint, loading, view)}
      ${section('timeline', 'Timeline', timelineList(timeline, view))}
    </div>
  `;
}

const unknownHealth = (loading: boolean): TemplateResult =>
  html`<p class="health">
    ${loading ? stateWord('changing', 'Reading…') : stateWord('attention', 'Not known')}
  </p>`;

function healthHead(
  { level, word, explanation, sinceMs }: NonNullable<DetailsState['health']>,
  view: View,
): TemplateResult {
  return html`
    <p class="health">
      <span class="value">${stateWord(level, word)}${copyButton('Health', copyIds.health, view)}</span>
    </p>
    <p>${explanation}</p>
    ${sinceMs === undefined ? nothing : html`<p class="hint">Since ${when(sinceMs)}</p>`}
  `;
}

/** @param what names the value, for the button's accessible name */
function copyButton(what: string, id: string, view: View): TemplateResult {
  const isCopied = view.copied === id;
  return html`<button
    type="button"
    class="icon-button"
    aria-label="Copy ${what}"
    title=${isCopied ? 'Copied' : `Copy ${what}`}
    @click=${() => view.copy(id)}
  >
    ${icon(isCopied ? 'tick' : 'copy')}
  </button>`;
}

const actionButtons = (actions: readonly DetailAction[], view: View): Part =>
  actions.length === 0
    ? nothing
    : html`<div class="buttons">
        ${actions.map(
          ({ id, label }) =>
            html`<button type="button" class="button" @click=${() => view.send({ type: 'act', action: id })}>
              ${label}
            </button>`,
        )}
      </div>`;

const problemBox = ({ message, nextStep, actions }: DetailsProblem, view: View): TemplateResult =>
  html`<div class="problem" role="alert">
    ${icon('error')}
    <div class="problem-text">
      <p class="problem-message">${message}</p>
      <p>${nextStep}</p>
      ${actionButtons(actions, view)}
    </div>
  </div>`;

function section(id: string, title: string, body: TemplateResult): TemplateResult {
  return html`<section class="card" aria-labelledby=${id}>
    <h2 id=${id}>${title}</h2>
    ${body}
  </section>`;
}

function endpointCards(
  { groups, zones, securityGroups, latency }: EndpointFacts,
  loading: boolean,
  view: View,
): TemplateResult {
  const missing = html`<p class="hint">
    ${loading ? 'Reading…' : 'Not visible with the Alibaba Cloud account at hand.'}
  </p>`;
  const isTaken = (label: string, at: number): boolean =>
    groups.slice(0, at).some(({ facts }) => facts.some((fact) => fact.label === label));
  return html`
    ${groups.map((group, at) =>
      section(
        `group-${at}`,
        group.name,
        html`<dl>${group.facts.map((fact) => factRow(group, fact, isTaken(fact.label, at), view))}</dl>`,
      ),
    )}
    ${section('latency', 'Latency', latencyChart(latency, when))}
    ${section('zones', 'Zones', zones === undefined ? missing : zonesTable(zones, view))}
    ${section(
      'groups',
      'Security Groups',
      securityGroups === undefined ? missing : groupsList(securityGroups, view),
    )}
  `;
}

/** @param isTaken a fact of an earlier group has the same label */
function factRow(
  { name }: DetailGroup,
  { label, value, level, note }: DetailFact,
  isTaken: boolean,
  view: View,
): TemplateResult {
  const what = isTaken ? `${label}, ${name}` : label;
  return html`<div class="fact">
    <dt>${label}</dt>
    <dd>
      <span class="value"
        >${level === undefined ? html`<code>${value}</code>` : stateWord(level, value)}${copyButton(
          what,
          copyIds.fact(name, label),
          view,
        )}</span
      >
      ${note === undefined ? nothing : html`<p class="hint">${note}</p>`}
    </dd>
  </div>`;
}

function zonesTable(zones: readonly DetailZone[], view: View): TemplateResult {
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
        ${zones.map((zone) => zoneRow(zone, view))}
      </tbody>
    </table>
  </div>`;
}

function zoneRow(
  { zoneId, status, level, ip, vSwitchId, networkInterfaceId }: DetailZone,
  view: View,
): TemplateResult {
  const cell = (
    what: string,
    part: 'ip' | 'vSwitchId' | 'networkInterfaceId',
    value: string,
  ): TemplateResult =>
    value === ''
      ? html`<td><span class="hint">none yet</span></td>`
      : html`<td>
          <span class="value"
            ><code>${value}</code
            >${copyButton(`${what} in ${zoneId}`, copyIds.zone(zoneId, part), view)}</span
          >
        </td>`;
  return html`<tr>
    <th scope="row">
      <span class="value"
        ><code>${zoneId}</code>${copyButton(`Zone ${zoneId}`, copyIds.zone(zoneId, 'zoneId'), view)}</span
      >
    </th>
    <td>
      <span class="value"
        >${stateWord(level, status)}${copyButton(
          `State of ${zoneId}`,
          copyIds.zone(zoneId, 'status'),
          view,
        )}</span
      >
    </td>
    ${cell('IP Address', 'ip', ip)} ${cell('vSwitch', 'vSwitchId', vSwitchId)}
    ${cell('Network Interface', 'networkInterfaceId', networkInterfaceId)}
  </tr>`;
}

function groupsList(groups: readonly DetailSecurityGroup[], view: View): TemplateResult {
  return groups.length === 0
    ? html`<p class="hint">None is attached.</p>`
    : html`<ul class="groups">
        ${groups.map((group) => groupItem(group, view))}
      </ul>`;
}

function groupItem(
  { id, status, answer, level, rules, others }: DetailSecurityGroup,
  view: View,
): TemplateResult {
  const copy = (what: string, part: 'id' | 'status' | 'answer'): TemplateResult =>
    copyButton(what, copyIds.securityGroup(id, part), view);
  return html`<li>
    <span class="value"><code>${id}</code>${copy(`Security Group ${id}`, 'id')}</span>
    <span class="value"><span class="hint">${status}</span>${copy(`State of ${id}`, 'status')}</span>
    <span class="value">${stateWord(level, answer)}${copy(`Answer of ${id}`, 'answer')}</span>
    ${
      rules.length === 0
        ? nothing
        : html`<ul class="rules">
            ${rules.map(
              (rule, at) =>
                html`<li>
                  <span class="value"
                    ><span>${rule}</span>${copyButton(
                      `Rule ${at + 1} of ${id}`,
                      copyIds.rule(id, rule),
                      view,
                    )}</span
                  >
                </li>`,
            )}
          </ul>`
    }
    ${others === undefined ? nothing : html`<p class="others hint">${others}</p>`}
  </li>`;
}

function timelineList(timeline: readonly DetailChange[], view: View): TemplateResult {
  return timeline.length === 0
    ? html`<p class="hint">No change has been seen yet.</p>`
    : html`<ol class="timeline">
        ${timeline.map((change) => changeItem(change, view))}
      </ol>`;
}

function changeItem(change: DetailChange, view: View): TemplateResult {
  const { atMs, level, word, explanation, isFirst } = change;
  return html`<li>
    <time datetime=${new Date(atMs).toISOString()}>${when(atMs)}</time>
    <span class="value"
      >${stateWord(level, word)}${copyButton(`${word} at ${when(atMs)}`, copyIds.change(change), view)}</span
    >
    <p class="hint">${isFirst === true ? `When first seen: ${explanation}` : explanation}</p>
  </li>`;
}
