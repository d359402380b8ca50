import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import type { CreationState } from '../../protocol/creation';
import type { IconName } from '../icons';
import { activity, button, facts, field, mainButton, problemBox, said, select, textInput } from './controls';
import { serviceFacts } from './instanceStep';
import { endpointCopiedFrom, type View } from './progress';
import { zoneGroup } from './zoneGroup';

type Endpoint = CreationState['endpoint'];
type Part = TemplateResult | typeof nothing;

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

function verification({ outcome, text }: Endpoint['verification']): Part {
  switch (outcome) {
    case 'none':
      return nothing;
    case 'checking':
      return said('working', text ?? 'Verifying');
    case 'verified':
      return said('done', text ?? 'Verified');
    case 'refused':
      return said('failed', text ?? 'Not verified');
  }
}

function portCheck(check: Endpoint['portCheck']): Part {
  if (check === undefined) {
    return nothing;
  }
  const shapes: Record<typeof check.outcome, IconName> = {
    open: 'done',
    closed: 'failed',
    unknown: 'warning',
  };
  return said(shapes[check.outcome], check.text);
}

function serviceName(view: View): TemplateResult {
  const { endpoint } = view.state;
  const { outcome } = endpoint.verification;
  return field(
    'service-name',
    'Endpoint Service Name',
    html`<div class="with-button">
      ${textInput(
        'service-name',
        endpoint.serviceName,
        (typed) => view.send({ type: 'typeServiceName', serviceName: typed }),
        { invalid: outcome === 'refused', placeholder: 'com.aliyuncs.privatelink.…' },
      )}
      ${button('Verify', () => view.send({ type: 'verify' }), { disabled: outcome === 'checking' })}
    </div>`,
    verification(endpoint.verification),
  );
}

function form(view: View): TemplateResult {
  const { endpoint } = view.state;
  const none = (what: string): string => (endpoint.activity === undefined ? `No ${what} found` : 'Loading…');
  return html`
    ${field(
      'region',
      'Region',
      html`<input
        type="text"
        class="input"
        id="region"
        readonly
        aria-describedby="region-note"
        .value=${endpoint.regionId}
      />`,
      html`Set by the instance.`,
    )}
    ${field(
      'name',
      'Endpoint Name',
      textInput('name', endpoint.name, (name) => view.send({ type: 'typeName', name }), {
        invalid: endpoint.nameProblem !== undefined,
      }),
      endpoint.nameProblem === undefined ? nothing : said('failed', endpoint.nameProblem),
    )}
    ${serviceName(view)}
    ${field(
      'vpc',
      'VPC',
      select(
        'vpc',
        endpoint.vpcs,
        endpoint.vpcId,
        endpoint.vpcs.length === 0 ? none('VPC') : 'Choose a VPC',
        (vpcId) => view.send({ type: 'chooseVpc', vpcId }),
      ),
    )}
    ${field(
      'security-group',
      'Security Group',
      select(
        'security-group',
        endpoint.securityGroups,
        endpoint.securityGroupId,
        endpoint.vpcId === undefined
          ? 'Choose a VPC first'
          : endpoint.securityGroups.length === 0
            ? none('security group')
            : 'Choose a security group',
        (securityGroupId) => view.send({ type: 'chooseSecurityGroup', securityGroupId }),
      ),
      portCheck(endpoint.portCheck),
    )}
    ${zoneGroup(view)}
    ${
      endpoint.cost === ''
        ? nothing
        : html`<div class="field">
            <span class="label">Cost</span>
            <p class="control cost">
              <span>${endpoint.cost}</span>
              <button type="button" class="link" @click=${() => view.send({ type: 'open', what: 'pricing' })}>
                Open Pricing
              </button>
            </p>
          </div>`
    }
  `;
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
    ${form(view)} ${problemBox(view, endpoint.problem)} ${activity(endpoint.activity)}
    <div class="buttons">
      ${mainButton(view, 'createEndpoint', 'Create Endpoint', () => view.send({ type: 'createEndpoint' }), {
        disabled: !endpoint.canCreate,
      })}
    </div>
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

export function endpointStep(view: View): TemplateResult {
  const { endpoint, mode } = view.state;
  if (endpoint.created !== undefined) {
    return html`${created(view, endpoint.created)} ${problemBox(view, endpoint.problem)}
    ${activity(endpoint.status === 'done' ? undefined : endpoint.activity)}`;
  }
  if (endpoint.status === 'done') {
    return html`<p class="summary">Created in the Alibaba Cloud console.</p>`;
  }
  return html`${modeSwitch(view)} ${mode === 'automatic' ? automatic(view) : byHand(view)}`;
}
