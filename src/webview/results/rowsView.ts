import { html, nothing, type TemplateResult } from 'lit';
import { copyFormats, type CopyFormat } from '../../core/copyFormats';
import type { FromResults, ResultTab } from '../../protocol/results';
import { limits } from '../../protocol/resultsLimits';
import { icon } from '../icons';
import { Grid } from './grid';
import { openMenu, type MenuItem } from './menu';
import { RowsModel, type Ask } from './rowsModel';
import type { Cell } from './selection';
import { openValueDialog } from './valueDialog';

export interface RowsViewActions {
  readonly ask: Ask;
  readonly send: (message: FromResults) => void;
  readonly onChange: () => void;
}

const formatNames: Readonly<Record<CopyFormat, string>> = {
  tsv: 'TSV',
  csv: 'CSV',
  json: 'JSON',
  markdown: 'Markdown',
  insert: 'INSERT Statements',
};

/** How long a person stops typing before the rows are filtered. */
const typingPauseMs = 200;

/** One tab's rows: the grid, and what can be done with them. */
export class RowsView {
  readonly model: RowsModel;
  readonly grid: Grid;
  private typing: number | undefined;
  private typed = '';

  constructor(
    private readonly tab: string,
    private readonly actions: RowsViewActions,
  ) {
    this.model = new RowsModel(tab, actions.ask, () => {
      this.grid.changed();
      actions.onChange();
    });
    this.grid = new Grid(
      this.model,
      {
        openValue: (cell) => void this.openValue(cell),
        openMenu: (at) => openMenu('Rows', this.menu(), at),
        find: () => document.getElementById('filter')?.focus(),
      },
      'Rows',
    );
  }

  update(outcome: Extract<ResultTab['outcome'], { kind: 'rows' }>): void {
    this.model.update(outcome);
    this.grid.changed();
  }

  /** TSV, as spreadsheets paste it; what is selected, or everything. */
  copy(format: CopyFormat = 'tsv', headers = false): void {
    const { tab, model, grid } = this;
    const { area } = grid.selection;
    this.actions.send({
      ...{ type: 'copy', tab, format, headers },
      view: model.arrangement,
      ...(area && { selection: area }),
    });
  }

  toolbar(): TemplateResult {
    const nothingThere = this.model.count === 0;
    return html`<div class="toolbar" role="toolbar" aria-label="Result">
      <input
        id="filter"
        class="input filter"
        type="search"
        placeholder="Filter Rows"
        aria-label="Filter Rows"
        maxlength=${limits.filter}
        spellcheck="false"
        .value=${this.typed}
        @input=${(event: Event) => this.type((event.target as HTMLInputElement).value)}
        @keydown=${(event: KeyboardEvent) => this.filterKey(event)}
      />
      ${this.tool('copy', 'Copy', () => this.copy(), nothingThere)}
      <button
        type="button"
        class="button tool"
        aria-haspopup="menu"
        aria-disabled=${nothingThere ? 'true' : nothing}
        @click=${(event: Event) => {
          const box = (event.currentTarget as HTMLElement).getBoundingClientRect();
          openMenu('Copy As', this.copyItems(), { x: box.left, y: box.bottom });
        }}
      >
        Copy As…
      </button>
      ${this.tool('external', 'Export…', () => this.actions.send({ type: 'export', tab: this.tab }), false)}
    </div>`;
  }

  private tool(shape: 'copy' | 'external', label: string, run: () => void, off: boolean): TemplateResult {
    return html`<button
      type="button"
      class="button tool"
      aria-disabled=${off ? 'true' : nothing}
      @click=${() => {
        if (!off) {
          run();
        }
      }}
    >
      ${icon(shape)}${label}
    </button>`;
  }

  private type(text: string): void {
    this.typed = text;
    window.clearTimeout(this.typing);
    this.typing = window.setTimeout(() => this.model.filterBy(text), typingPauseMs);
  }

  private filterKey(event: KeyboardEvent): void {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'a') {
      // The editor would select everything in the document.
      event.stopPropagation();
    } else if (event.key === 'Enter' || event.key === 'ArrowDown') {
      window.clearTimeout(this.typing);
      this.model.filterBy(this.typed);
      this.grid.element.focus();
      event.preventDefault();
    } else if (event.key === 'Escape' && this.typed !== '') {
      this.typed = '';
      window.clearTimeout(this.typing);
      this.model.filterBy('');
      this.actions.onChange();
      event.preventDefault();
    }
  }

  private copyItems(): readonly MenuItem[] {
    return copyFormats.map((format) => ({
      label: `Copy as ${formatNames[format]}`,
      run: () => this.copy(format, format !== 'tsv'),
    }));
  }

  private menu(): readonly MenuItem[] {
    const { grid, model } = this;
    const { active } = grid.selection;
    return active.row < 0
      ? this.headMenu(active.column)
      : [
          { label: 'Copy', run: () => this.copy() },
          { label: 'Copy with Headers', run: () => this.copy('tsv', true) },
          ...this.copyItems().map((item, index) =>
            index === 0 ? { ...item, separated: true as const } : item,
          ),
          { label: 'Open Value', run: () => void this.openValue(active), separated: true },
          {
            label: 'Select All',
            run: () =>
              grid.select({ row: 0, column: 0 }, { row: model.count - 1, column: model.columns.length - 1 }),
          },
        ];
  }

  private headMenu(column: number): readonly MenuItem[] {
    const { grid, model } = this;
    const width = (change: number): void => grid.resize(column, grid.widths.of(column) + change);
    return [
      { label: 'Sort Ascending', run: () => model.sortBy({ column, descending: false }) },
      { label: 'Sort Descending', run: () => model.sortBy({ column, descending: true }) },
      { label: 'Clear Sort', run: () => model.sortBy(undefined) },
      {
        label: 'Select Column',
        run: () => grid.select({ row: model.count - 1, column }, { row: 0, column }),
        separated: true,
      },
      { label: 'Fit Width to Content', run: () => grid.fit(column), separated: true },
      { label: 'Wider', run: () => width(40) },
      { label: 'Narrower', run: () => width(-40) },
    ];
  }

  private async openValue({ row, column }: Cell): Promise<void> {
    const { tab, model, actions } = this;
    const definition = model.columns[column];
    const place = { tab, view: model.arrangement, row, column };
    if (definition === undefined) {
      return;
    }
    try {
      const answer = await actions.ask<'whole'>({ type: 'whole', ...place });
      openValueDialog(
        { column: definition, row, answer },
        {
          copy: () => actions.send({ type: 'copyValue', ...place }),
          open: (pretty) => actions.send({ type: 'openValue', ...place, pretty }),
        },
      );
    } catch (error) {
      model.failed(error);
    }
  }
}
