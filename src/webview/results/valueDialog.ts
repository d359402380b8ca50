import { html, nothing, render } from 'lit';
import type { SqlColumn } from '../../core/ports';
import { prettyJson } from '../../core/prettyJson';
import type { ResultsAnswers } from '../../protocol/results';

export interface ShownValue {
  readonly column: SqlColumn;
  readonly row: number;
  readonly answer: ResultsAnswers['whole'];
}

export interface ValueActions {
  copy(): void;
  open(pretty: boolean): void;
}

/** Shows one value whole: JSON laid out or as it came, with a way to copy it and to open it in the editor. */
export function openValueDialog({ column, row, answer }: ShownValue, actions: ValueActions): void {
  const before = document.activeElement;
  const dialog = document.createElement('dialog');
  dialog.className = 'value-dialog';
  dialog.setAttribute('aria-labelledby', 'value-title');
  const text = answer.value ?? 'NULL';
  const isCut = answer.length > text.length && answer.value !== null;
  const laidOut = answer.value !== null && !isCut && /^\s*[{[]/.test(text) ? prettyJson(text) : undefined;
  let pretty = laidOut !== undefined;
  const draw = (): void => {
    render(content(), dialog);
  };
  const content = (): unknown => html`
    <div class="value-head">
      <h2 id="value-title">
        ${column.name}, row ${(row + 1).toLocaleString('en')}
        <span class="hint">${column.type} · ${lengthWords(answer)}</span>
      </h2>
      ${
        laidOut === undefined
          ? nothing
          : html`<label class="check">
              <input
                type="checkbox"
                .checked=${pretty}
                @change=${(event: Event) => {
                  pretty = (event.target as HTMLInputElement).checked;
                  draw();
                }}
              />
              Format JSON
            </label>`
      }
      <button type="button" class="button" @click=${() => actions.copy()}>Copy Value</button>
      <button type="button" class="button" @click=${() => actions.open(pretty)}>Open in Editor</button>
      <button type="button" class="button button-main" @click=${() => dialog.close()}>Close</button>
    </div>
    ${
      isCut
        ? html`<p class="hint">
            The first ${text.length.toLocaleString('en')} characters are shown. Open it in the editor to see
            all.
          </p>`
        : nothing
    }
    <pre
      class="value-text ${answer.value === null ? 'cell-null' : ''}"
      tabindex="0"
      role="region"
      aria-label="Value"
      .textContent=${pretty && laidOut !== undefined ? laidOut : text}
    ></pre>
  `;
  draw();
  dialog.addEventListener('keydown', (event) => {
    const value = dialog.querySelector('.value-text');
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'a' && value !== null) {
      getSelection()?.selectAllChildren(value);
      event.preventDefault();
      // The editor would select everything in the document.
      event.stopPropagation();
    }
  });
  dialog.addEventListener('close', () => {
    dialog.remove();
    if (before instanceof HTMLElement) {
      before.focus({ preventScroll: true });
    }
  });
  document.body.append(dialog);
  dialog.showModal();
  dialog.querySelector<HTMLElement>('.value-text')?.focus();
}

function lengthWords({ value, length }: ResultsAnswers['whole']): string {
  if (value === null) {
    return 'NULL';
  }
  return length === 0
    ? 'empty text'
    : `${length.toLocaleString('en')} ${length === 1 ? 'character' : 'characters'}`;
}
