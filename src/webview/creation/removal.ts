import { html, nothing, type TemplateResult } from 'lit';
import type { CreationState } from '../../protocol/creation';
import { activity, mainButton, problemBox, said } from './controls';
import { removalTitle, type View } from './progress';

type Removal = NonNullable<CreationState['removal']>;

const words = {
  todo: 'Next',
  current: 'Your turn',
  working: 'Removing',
  waiting: 'Waiting for you',
  done: 'Removed',
  failed: 'Not removed',
} as const;

const part = ({ label, status, detail }: Removal['parts'][number]): TemplateResult =>
  html`<li class="part">
    <span class="part-name"
      >${label}${detail === undefined ? nothing : html` <span class="code">${detail}</span>`}</span
    >
    ${said(status, words[status])}
  </li>`;

/** Stands where the steps are, while something is taken away and after. */
export function removalSection(view: View, removal: Removal): TemplateResult {
  const { status, parts } = removal;
  return html`<section class="removal" aria-labelledby="removal-title">
    <h2 id="removal-title" tabindex="-1">${removalTitle(removal)}</h2>
    ${
      parts.length === 0
        ? html`<p>Nothing was made, so there is nothing to remove.</p>`
        : html`<ol class="parts">
            ${parts.map(part)}
          </ol>`
    }
    ${problemBox(view, removal.problem)} ${activity(removal.activity)}
    ${
      status === 'done' && !view.state.readOnly
        ? html`<div class="buttons">
            ${mainButton(view, 'startAgain', 'Start Again', () =>
              view.send({ type: 'act', action: 'startAgain' }),
            )}
          </div>`
        : nothing
    }
  </section>`;
}
