import { html, type TemplateResult } from 'lit';
import type { Plan } from '../../core/plan';

/** The plan as the server sent it. */
export const planView = (plan: Plan): TemplateResult =>
  html`<pre class="plan-text" tabindex="0" aria-label="Plan">${plan.text}</pre>`;
