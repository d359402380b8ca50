import { html, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import type { CreationState } from '../../protocol/creation';
import type { IconName } from '../icons';
import { activity, facts, mainButton, problemBox } from './controls';
import { endpointForm, formButtons } from './endpointForm';
import { serviceFacts } from './instanceStep';
import { endpointCopiedFrom, isUnderWay, type View } from './progress';
import { waiting } from './waiting';

type Endpoint = CreationState['endpoint'];

const ways = [
  { mode: 'automatic', label: 'Create it for me' },
  { mode: 'byHand', label: 'I create it in the console' },
] as const;

function modeSwitch(view: View): TemplateResult {
  return html`<div class="field">
    <span class="label" id="mode-label">How to create the endpoint</span>
    <div class="control radios" role="radiogroup" aria-labelledby="mode-label">
      ${ways.map(
        ({ mode, label }) =>
          html`<label class="radio">
            <input
              type="radio"
              name="mode"
              value=${mode}
              .checked=${live(view.state.mode === mode)}
              @change=${() => view.send({ type: 'chooseMode', mode })}
            />
            <span>${label}</span>
          </label>`,
      )}
    </div>
  </div>`;
}

/** Alibaba Cloud's words for an endpoint and its connection, by how far they are. */
const statusIcon = (status: string): IconName =>
  ['Active', 'Connected'].includes(status)
    ? 'done'
    : ['Creating', 'Connecting', 'Pending', 'Deleting', 'Disconnecting'].includes(status)
      ? 'waiting'
      : ['Disconnected', 'ServiceDeleted', 'Failed'].includes(status)
        ? 'warning'
        : 'todo';

function created(
  view: View,
  { id, domainName, status, connectionStatus }: NonNullable<Endpoint['created']>,
): TemplateResult {
  const copyHere = endpointCopiedFrom(view.state) === 'endpoint';
  return facts(view, [
    { label: 'Endpoint ID', value: id, copy: copyHere ? 'endpointId' : undefined },
    { label: 'Domain Name', value: domainName, copy: copyHere ? 'domainName' : undefined },
    ...(view.state.endpoint.status === 'done'
      ? []
      : [
          { label: 'Endpoint Status', value: status, icon: statusIcon(status) },
          {
            label: 'Endpoint Connection Status',
            value: connectionStatus,
            icon: statusIcon(connectionStatus),
          },
        ]),
  ]);
}

function automatic(view: View): TemplateResult {
  const { endpoint } = view.state;
  return html`
    ${endpointForm(view)} ${problemBox(view, endpoint.problem)} ${activity(endpoint.activity)}
    ${formButtons(view)}
  `;
}

function byHand(view: View): TemplateResult {
  return html`
    <p>
      Create an interface endpoint in the Alibaba Cloud console with these values, then enter its ID and
      domain name in step 3.
    </p>
    ${facts(view, serviceFacts(view))} ${problemBox(view, view.state.endpoint.problem)}
    ${activity(view.state.endpoint.activity)}
    <div class="buttons">
      ${mainButton(
        view,
        'openAlibabaCloud',
        'Open Alibaba Cloud Console',
        () => view.send({ type: 'open', what: 'alibabaCloud' }),
        { icon: 'external' },
      )}
    </div>
  `;
}

/** What goes on, for how long, and what stands in the way. */
function progressOf(view: View): TemplateResult {
  const { endpoint } = view.state;
  return html`${problemBox(view, endpoint.problem)}
  ${activity(endpoint.status === 'done' ? undefined : endpoint.activity)}
  ${waiting(view, endpoint.wait, 'Time until the endpoint is Active')}`;
}

export function endpointStep(view: View): TemplateResult {
  const { endpoint, mode } = view.state;
  if (endpoint.created !== undefined) {
    return html`${created(view, endpoint.created)} ${progressOf(view)}`;
  }
  if (endpoint.status === 'done') {
    return html`<p class="summary">Created in the Alibaba Cloud console.</p>`;
  }
  if (isUnderWay(view.state)) {
    const name = { label: 'Endpoint Name', value: endpoint.name, prose: true };
    return html`${facts(view, [name])} ${progressOf(view)}`;
  }
  return html`${modeSwitch(view)} ${mode === 'automatic' ? automatic(view) : byHand(view)}`;
}
