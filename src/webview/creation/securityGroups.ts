import { html, nothing, type TemplateResult } from 'lit';
import type { CreationState } from '../../protocol/creation';
import type { IconName } from '../icons';
import { field, iconButton, mainButton, said, select } from './controls';
import type { View } from './progress';

type Endpoint = CreationState['endpoint'];

function portCheck(view: View, check: Endpoint['portCheck']): TemplateResult | typeof nothing {
  if (check === undefined) {
    return nothing;
  }
  const shapes: Record<typeof check.outcome, IconName> = {
    open: 'done',
    closed: 'failed',
    unknown: 'warning',
  };
  const { rules } = check;
  return html`${said(shapes[check.outcome], check.text)}
  ${
    rules === undefined
      ? nothing
      : html`<ul class="rules" aria-label="What is missing">
            ${rules.map((rule) => html`<li>${rule}</li>`)}
          </ul>
          <div class="buttons">
            ${mainButton(view, 'addRule', rules.length === 1 ? 'Add Rule' : 'Add Rules', () =>
              view.send({ type: 'addRule' }),
            )}
          </div>`
  }`;
}

/** One select for each chosen group, and one to add another. */
export function securityGroups(view: View): TemplateResult {
  const { endpoint } = view.state;
  const { securityGroupIds, moreSecurityGroups } = endpoint;
  const choose = (index: number, securityGroupId: string): void =>
    view.send({ type: 'chooseSecurityGroup', index, securityGroupId });
  const [first, ...rest] = securityGroupIds;
  const placeholder =
    endpoint.vpcId === undefined
      ? 'Choose a VPC first'
      : endpoint.securityGroups.length > 0
        ? 'Choose a security group'
        : endpoint.activity === undefined
          ? 'No security group found'
          : 'Loading…';
  const ofRest = (chosen: string): Endpoint['securityGroups'] => [
    ...endpoint.securityGroups.filter(({ id }) => id === chosen),
    ...moreSecurityGroups,
  ];
  return field(
    'security-group',
    'Security Group',
    html`
      ${select('security-group', endpoint.securityGroups, first, placeholder, (id) => choose(0, id))}
      ${rest.map((chosen, index) => {
        const name = `Security Group ${index + 2}`;
        return html`<div class="with-button">
          ${select(`security-group-${index + 2}`, ofRest(chosen), chosen, '', (id) => choose(index + 1, id), {
            name,
          })}
          ${iconButton('close', `Remove ${name}`, () => choose(index + 1, ''))}
        </div>`;
      })}
      ${
        moreSecurityGroups.length === 0
          ? nothing
          : select(
              'security-group-more',
              moreSecurityGroups,
              undefined,
              'Add another security group',
              (id) => choose(securityGroupIds.length, id),
              { name: 'Another Security Group' },
            )
      }
    `,
    portCheck(view, endpoint.portCheck),
  );
}
