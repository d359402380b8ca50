import { html, nothing, type TemplateResult } from 'lit';
import { activity, facts, field, mainButton, notice, problemBox, said, textInput } from './controls';
import { endpointCopiedFrom, isUnderWay, type View } from './progress';

function endpointFacts(view: View): TemplateResult | typeof nothing {
  const { endpointId, domainName } = view.state.acceptance;
  if (endpointId === '' || endpointCopiedFrom(view.state) !== 'acceptance') {
    return nothing;
  }
  return facts(view, [
    { label: 'Endpoint Resource ID', value: endpointId, copy: 'endpointId' },
    ...(domainName === '' ? [] : [{ label: 'Domain Name', value: domainName, copy: 'domainName' as const }]),
  ]);
}

function inputs(view: View): TemplateResult {
  const { endpointId, endpointIdProblem, domainName, domainNameProblem } = view.state.acceptance;
  return html`
    ${field(
      'endpoint-id',
      'Endpoint Resource ID',
      textInput(
        'endpoint-id',
        endpointId,
        (typed) => view.send({ type: 'typeEndpointId', endpointId: typed }),
        {
          invalid: endpointIdProblem !== undefined,
          placeholder: 'ep-…',
        },
      ),
      endpointIdProblem === undefined ? nothing : said('failed', endpointIdProblem),
    )}
    ${field(
      'domain-name',
      'Domain Name',
      textInput(
        'domain-name',
        domainName,
        (typed) => view.send({ type: 'typeDomainName', domainName: typed }),
        {
          invalid: domainNameProblem !== undefined,
          placeholder: 'ep-….privatelink.aliyuncs.com',
        },
      ),
      domainNameProblem === undefined ? nothing : said('failed', domainNameProblem),
    )}
  `;
}

function create(view: View): TemplateResult {
  return html`<div class="buttons">
    ${mainButton(
      view,
      'createConnection',
      'Create Private Endpoint Connection',
      () => view.send({ type: 'createConnection' }),
      { disabled: !view.state.acceptance.canCreate },
    )}
  </div>`;
}

function body(view: View): TemplateResult {
  switch (view.state.acceptance.way) {
    case 'api':
      return html`<p>Registers the endpoint with the instance, which then accepts its connection.</p>
        ${endpointFacts(view)}`;
    case 'byHand':
      return html`<p>Enter what the Alibaba Cloud console shows for the endpoint.</p>
        ${inputs(view)}`;
    case 'console':
      return html`<p>
          On the instance's networking page, create a private endpoint connection with these values. It is
          picked up here by itself.
        </p>
        ${endpointFacts(view)}`;
  }
}

export function acceptanceStep(view: View): TemplateResult {
  const { acceptance } = view.state;
  if (acceptance.status === 'done') {
    return html`<p class="summary">Private endpoint connection created.</p>
      ${endpointFacts(view)}`;
  }
  const consoleWay = acceptance.way === 'console';
  const asked = view.state.mode === 'byHand' ? !isUnderWay(view.state) : acceptance.status === 'current';
  return html`
    ${body(view)} ${acceptance.refusal === undefined ? nothing : notice(acceptance.refusal)}
    ${problemBox(view, acceptance.problem)} ${activity(acceptance.activity)}
    ${
      consoleWay
        ? html`<div class="buttons">
            ${mainButton(
              view,
              'openTidbCloud',
              'Open TiDB Cloud Console',
              () => view.send({ type: 'open', what: 'tidbCloud' }),
              { icon: 'external' },
            )}
          </div>`
        : asked
          ? create(view)
          : nothing
    }
  `;
}
