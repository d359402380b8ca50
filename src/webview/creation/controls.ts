import { html, nothing, type TemplateResult } from 'lit';
import { live } from 'lit/directives/live.js';
import { repeat } from 'lit/directives/repeat.js';
import type { Choice, Problem, ProblemAction } from '../../protocol/creation';
import { icon, type IconName } from '../icons';
import { type CopyTarget, type MainButton, primary, type View } from './progress';
import { typedText } from './typedText';

type Part = TemplateResult | typeof nothing;

/*
 * Inputs, selects, checkboxes, radios and buttons are native elements in the theme's colours: those of vscode-elements
 * give a radio the role of a checkbox, name a checkbox twice, hide that a button is disabled, and cannot be described
 * by the text of their problem.
 */

/** Not `disabled` but aria-disabled, so that the focus stays where it is when a button becomes unusable. */
export function button(
  name: string,
  onClick: () => void,
  {
    main = false,
    disabled = false,
    icon: shape,
  }: { main?: boolean; disabled?: boolean; icon?: IconName } = {},
): TemplateResult {
  return html`<button
    type="button"
    class="button ${main ? 'button-main' : ''}"
    aria-disabled=${disabled ? 'true' : nothing}
    @click=${() => {
      if (!disabled) {
        onClick();
      }
    }}
  >
    ${shape === undefined ? nothing : icon(shape)}<span>${name}</span>
  </button>`;
}

/** A button that is the primary one whenever it does the next thing. */
export function mainButton(
  view: View,
  which: MainButton,
  name: string,
  onClick: () => void,
  options: { disabled?: boolean; icon?: IconName } = {},
): TemplateResult {
  return button(name, onClick, { ...options, main: primary(view.state) === which });
}

const copyNames: Readonly<Record<CopyTarget, string>> = {
  serviceName: 'Copy Endpoint Service Name',
  zones: 'Copy Availability Zone IDs',
  regionId: 'Copy Region ID',
  endpointId: 'Copy Endpoint ID',
  domainName: 'Copy Domain Name',
  host: 'Copy Private Domain',
};

/** A button that is only a picture; its name is its tooltip, too. */
export function iconButton(
  shape: IconName,
  name: string,
  onClick: () => void,
  tooltip = name,
): TemplateResult {
  return html`<button type="button" class="icon-button" aria-label=${name} title=${tooltip} @click=${onClick}>
    ${icon(shape)}
  </button>`;
}

function copyButton(view: View, what: CopyTarget): TemplateResult {
  const name = copyNames[what];
  const copied = view.copied === what;
  return iconButton(copied ? 'tick' : 'copy', name, () => view.copy(what), copied ? 'Copied' : name);
}

export interface Fact {
  readonly label: string;
  readonly value: string;
  readonly copy?: CopyTarget | undefined;
  /** For a value that is a state. */
  readonly icon?: IconName;
  /** For a value that is a name in a person's words; others are set as code. */
  readonly prose?: boolean;
}

export function facts(view: View, rows: readonly Fact[]): TemplateResult {
  return html`<dl class="facts">
    ${rows.map(
      (row) =>
        html`<div class="fact">
          <dt>${row.label}</dt>
          <dd class=${row.icon === undefined && row.prose !== true ? 'code' : 'word'}>
            ${row.icon === undefined ? nothing : icon(row.icon)}<span>${row.value}</span>
            ${row.copy === undefined ? nothing : copyButton(view, row.copy)}
          </dd>
        </div>`,
    )}
  </dl>`;
}

/** A label, its control, and what is to be said about it. `note` has the id `${id}-note`. */
export function field(
  id: string,
  label: string,
  control: TemplateResult,
  note: Part = nothing,
): TemplateResult {
  return html`<div class="field">
    <label for=${id}>${label}</label>
    <div class="control">
      ${control}
      <div class="note" id="${id}-note">${note}</div>
    </div>
  </div>`;
}

export function textInput(
  id: string,
  value: string,
  onTyped: (text: string) => void,
  {
    invalid = false,
    placeholder = '',
    name,
    note = `${id}-note`,
  }: { invalid?: boolean; placeholder?: string; name?: string; note?: string } = {},
): TemplateResult {
  return html`<input
    type="text"
    class="input"
    id=${id}
    maxlength="256"
    autocomplete="off"
    spellcheck="false"
    placeholder=${placeholder}
    aria-label=${name ?? nothing}
    aria-invalid=${invalid ? 'true' : nothing}
    aria-describedby=${note}
    ${typedText(value, onTyped)}
  />`;
}

const choiceText = ({ label, detail, unusable }: Choice): string =>
  [[label, detail].filter((part) => part !== undefined && part !== '').join(' · '), unusable]
    .filter((part) => part !== undefined)
    .join(' — ');

/** `placeholder` stands first, cannot be picked, and is shown while nothing is chosen. */
export function select(
  id: string,
  choices: readonly Choice[],
  chosen: string | undefined,
  placeholder: string,
  onChosen: (id: string) => void,
  { name }: { name?: string } = {},
): TemplateResult {
  const known = choices.some((choice) => choice.id === chosen);
  return html`<div class="select">
    <select
      id=${id}
      aria-label=${name ?? nothing}
      aria-describedby=${name === undefined ? `${id}-note` : nothing}
      ?disabled=${choices.length === 0}
      @change=${(event: Event) => onChosen((event.target as HTMLSelectElement).value)}
    >
      <option value="" disabled hidden .selected=${live(!known)}>${placeholder}</option>
      ${repeat(
        choices,
        (choice) => choice.id,
        (choice) =>
          html`<option
            value=${choice.id}
            ?disabled=${choice.unusable !== undefined}
            .selected=${live(choice.id === chosen)}
          >
            ${choiceText(choice)}
          </option>`,
      )}
    </select>
    ${icon('chevron')}
  </div>`;
}

export function problemBox(view: View, problem: Problem | undefined): Part {
  if (problem === undefined) {
    return nothing;
  }
  const action = ({ id, label }: ProblemAction, index: number): TemplateResult =>
    button(label, () => view.send({ type: 'act', action: id }), {
      main: index === 0 && primary(view.state) === problem,
    });
  return html`<div class="problem" role="alert">
    ${icon('error')}
    <div class="problem-text">
      <p class="problem-message">${problem.message}</p>
      ${problem.nextStep === '' ? nothing : html`<p>${problem.nextStep}</p>`}
      ${problem.actions.length === 0 ? nothing : html`<div class="buttons">${problem.actions.map(action)}</div>`}
    </div>
  </div>`;
}

/** Something to know that is no problem, with what can be done about it. */
export function notice(text: Part | string, actions: Part = nothing): TemplateResult {
  return html`<div class="notice">
    ${icon('info')}
    <div class="notice-text">
      ${typeof text === 'string' ? html`<p>${text}</p>` : text}
      ${actions === nothing ? nothing : html`<div class="buttons">${actions}</div>`}
    </div>
  </div>`;
}

/** A state told by an icon and a word. */
export function said(shape: IconName, text: string): TemplateResult {
  return html`<span class="said said-${shape}">${icon(shape)}<span>${text}</span></span>`;
}

/** What is being done right now. */
export function activity(text: string | undefined): Part {
  return text === undefined ? nothing : html`<p class="activity">${said('working', text)}</p>`;
}
