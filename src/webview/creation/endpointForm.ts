import { html, nothing, type TemplateResult } from 'lit';
import type { CreationState } from '../../protocol/creation';
import { button, field, mainButton, notice, said, select, textInput } from './controls';
import { primary, type View } from './progress';
import { securityGroups } from './securityGroups';
import { tagGroup } from './tagGroup';
import { zoneGroup } from './zoneGroup';

type Endpoint = CreationState['endpoint'];
type Part = TemplateResult | typeof nothing;

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

/** What is there already goes before making a second one. */
function existing(view: View): Part {
  const { existing: there } = view.state.endpoint;
  if (there.length === 0) {
    return nothing;
  }
  const several = there.length > 1;
  return notice(
    html`<p>
        This VPC already has ${several ? 'endpoints' : 'an endpoint'} for this service. Create another one
        only if you need it: each one is billed.
      </p>
      <ul>
        ${there.map(({ text }) => html`<li>${text}</li>`)}
      </ul>`,
    html`${there.map(({ id }, index) => {
      const use = (): void => view.send({ type: 'useEndpoint', endpointId: id });
      const name = several ? `Use This Endpoint: ${id}` : 'Use This Endpoint';
      return button(name, use, { main: index === 0 && primary(view.state) === 'useEndpoint' });
    })}`,
  );
}

function cost(view: View): Part {
  return view.state.endpoint.cost === ''
    ? nothing
    : html`<div class="field">
        <span class="label">Cost</span>
        <p class="control cost">
          <span>${view.state.endpoint.cost}</span>
          <button type="button" class="link" @click=${() => view.send({ type: 'open', what: 'pricing' })}>
            Open Pricing
          </button>
        </p>
      </div>`;
}

/** Only where there are several: in which account the endpoint is made, and billed. */
function account(view: View): Part {
  const { accounts, accountId } = view.state.endpoint;
  return accounts === undefined
    ? nothing
    : field(
        'account',
        'Alibaba Cloud Account',
        select('account', accounts, accountId, 'Choose an account', (chosen) =>
          view.send({ type: 'chooseAccount', accountId: chosen }),
        ),
      );
}

function vpc(view: View): TemplateResult {
  const { vpcs, vpcId, activity, problem, regionId, verification: found } = view.state.endpoint;
  const none = activity === undefined ? 'No VPC found' : 'Loading…';
  // The VPCs are listed while the service is verified.
  const isListed = activity === undefined && found.outcome !== 'none' && found.outcome !== 'checking';
  return field(
    'vpc',
    'VPC',
    select('vpc', vpcs, vpcId, vpcs.length === 0 ? none : 'Choose a VPC', (chosen) =>
      view.send({ type: 'chooseVpc', vpcId: chosen }),
    ),
    isListed && vpcs.length === 0 && problem === undefined
      ? said(
          'warning',
          `This Alibaba Cloud account has no VPC in ${regionId}, and an endpoint has to be in the instance’s region. Create a VPC there first.`,
        )
      : nothing,
  );
}

/** Everything that an interface endpoint is created from. */
export function endpointForm(view: View): TemplateResult {
  const { endpoint } = view.state;
  return html`
    ${account(view)}
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
    ${serviceName(view)} ${vpc(view)} ${existing(view)} ${securityGroups(view)} ${zoneGroup(view)}
    ${tagGroup(view)} ${cost(view)}
  `;
}

/** What can be done with the form. */
export function formButtons(view: View): TemplateResult {
  const disabled = !view.state.endpoint.canCreate;
  return html`<div class="buttons">
    ${mainButton(view, 'createEndpoint', 'Create Endpoint', () => view.send({ type: 'createEndpoint' }), {
      disabled,
    })}
    ${button('Export as Code…', () => view.send({ type: 'exportAsCode' }), { disabled })}
  </div>`;
}
