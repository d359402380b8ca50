import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { TagChoice } from '../../protocol/creation';
import { button, iconButton, said, textInput } from './controls';
import type { View } from './progress';

function tagRow(view: View, { id: tagId, key, value, problem }: TagChoice, index: number): TemplateResult {
  const id = `tag-${tagId}`;
  const number = index + 1;
  const invalid = problem !== undefined;
  return html`<div class="tag">
    ${textInput(`${id}-key`, key, (text) => view.send({ type: 'typeTagKey', tagId, text }), {
      ...{ invalid, placeholder: 'Key', name: `Tag Key ${number}`, note: `${id}-note` },
    })}
    ${textInput(`${id}-value`, value, (text) => view.send({ type: 'typeTagValue', tagId, text }), {
      ...{ invalid, placeholder: 'Value', name: `Tag Value ${number}`, note: `${id}-note` },
    })}
    ${iconButton('close', `Remove Tag ${number}`, () => view.send({ type: 'removeTag', tagId }))}
    <div class="note" id="${id}-note">${problem === undefined ? nothing : said('failed', problem)}</div>
  </div>`;
}

/** Tags beside those by which the extension finds its endpoints. */
export function tagGroup(view: View): TemplateResult {
  const { tags, canAddTag } = view.state.endpoint;
  return html`<fieldset class="field">
    <legend class="label">Tags</legend>
    <div class="control tags">
      ${repeat(
        tags,
        ({ id }) => id,
        (tag, index) => tagRow(view, tag, index),
      )}
      <div class="buttons">
        ${button('Add Tag', () => view.send({ type: 'addTag' }), { disabled: !canAddTag })}
      </div>
    </div>
  </fieldset>`;
}
