import { html, nothing, type TemplateResult } from 'lit';
import type { Plan, PlanNode } from '../../core/plan';
import { icon } from '../icons';
import { PlanTree, type PlanRow } from './planTree';
import { percent, planTime, rowCount, shareOf, warningLabels, warningWords } from './planWords';

interface Column {
  readonly name: string;
  readonly isNumber: boolean;
  readonly shown: (node: PlanNode) => string;
}

/** Beside the operator and its own time, which every plan has. Columns without a value in any row are left out. */
const columns: readonly Column[] = [
  { name: 'Time', isNumber: true, shown: ({ timeMs }) => planTime(timeMs) },
  { name: 'Rows', isNumber: true, shown: ({ actualRows }) => rowCount(actualRows) },
  { name: 'Expected', isNumber: true, shown: ({ estimatedRows }) => rowCount(estimatedRows) },
  { name: 'Works On', isNumber: false, shown: ({ target }) => target },
  { name: 'Task', isNumber: false, shown: ({ task }) => task },
  { name: 'Memory', isNumber: true, shown: ({ memory }) => told(memory) },
  { name: 'Disk', isNumber: true, shown: ({ disk }) => (disk === '0 Bytes' ? '' : told(disk)) },
];

const told = (value: string | undefined): string => (value === undefined || value === 'N/A' ? '' : value);

/** A plan as a tree of operators with what they took, and what is known of the one that the person is at. */
export class PlanView {
  private tree: PlanTree | undefined;
  private plan: Plan = { text: '' };

  constructor(
    private readonly id: string,
    private readonly draw: () => void,
  ) {}

  /** The same plan may come again: then the person stays where they are in it. */
  update(plan: Plan): void {
    if (plan.text === this.plan.text) {
      return;
    }
    this.plan = plan;
    this.tree = plan.root && new PlanTree(plan.root);
    this.tree?.go(this.tree.costly[0]?.path ?? '0');
  }

  content(): TemplateResult {
    const { tree, plan } = this;
    const text = html`<pre class="plan-text" tabindex="0" aria-label="Plan">${plan.text}</pre>`;
    if (tree === undefined) {
      return html`<div class="plan plan-plain">${text}</div>`;
    }
    return html`<div class="plan">
      ${this.summary(tree)}
      <div class="plan-parts">
        <div class="plan-scroll">${this.grid(tree)}</div>
        ${this.details(tree)}
      </div>
      <details class="plan-raw">
        <summary>As the server sent it</summary>
        ${text}
      </details>
    </div>`;
  }

  private summary(tree: PlanTree): TemplateResult {
    const { costly, wholeMs } = tree;
    if (costly.length === 0) {
      return html`<p class="plan-summary hint">No operator stands out.</p>`;
    }
    return html`<div class="plan-summary">
      <span id="plan-costly">Look first at:</span>
      <ul class="plan-costly" aria-labelledby="plan-costly">
        ${costly.slice(0, mostCostly).map(
          ({ path, node }) =>
            html`<li>
              <button
                type="button"
                class="button tool"
                title=${node.warnings.map((warning) => warningWords(warning, node, wholeMs)).join(' ')}
                @click=${() => this.go(path)}
              >
                ${icon('warning')}${node.operator}: ${labelsOf(node)}
              </button>
            </li>`,
        )}
      </ul>
    </div>`;
  }

  private grid(tree: PlanTree): TemplateResult {
    const { rows } = tree;
    const all = new PlanTree(this.plan.root ?? noNode).rows;
    const used = columns.filter(({ shown }) => all.some(({ node }) => shown(node) !== ''));
    return html`<table
      class="plan-tree"
      role="treegrid"
      aria-label="Plan"
      aria-colcount=${used.length + 2}
      @keydown=${(event: KeyboardEvent) => this.key(event)}
    >
      <thead role="rowgroup">
        <tr role="row">
          <th role="columnheader" scope="col">Operator</th>
          <th role="columnheader" scope="col" class="plan-number">Own Time</th>
          ${used.map(
            ({ name, isNumber }) =>
              html`<th role="columnheader" scope="col" class=${isNumber ? 'plan-number' : ''}>${name}</th>`,
          )}
        </tr>
      </thead>
      <tbody role="rowgroup">
        ${rows.map((row) => this.row(tree, row, used))}
      </tbody>
    </table>`;
  }

  private row(tree: PlanTree, row: PlanRow, used: readonly Column[]): TemplateResult {
    const { path, node, level, isOpen } = row;
    const hasChildren = node.children.length > 0;
    const isCurrent = path === tree.current;
    const share = shareOf(node, tree.wholeMs);
    return html`<tr
      role="row"
      id=${this.rowId(path)}
      class=${isCurrent ? 'plan-row plan-current' : 'plan-row'}
      tabindex=${isCurrent ? 0 : -1}
      aria-level=${level}
      aria-posinset=${row.position}
      aria-setsize=${row.siblings}
      aria-expanded=${hasChildren ? String(isOpen) : nothing}
      aria-selected=${String(isCurrent)}
      @click=${() => this.go(path)}
    >
      <td role="gridcell" class="plan-operator">
        <span
          class="plan-indent"
          .style=${`width: ${Math.min(level - 1, deepestIndent) * indentPx}px`}
        ></span>
        <span
          class=${`plan-twist${isOpen ? '' : ' plan-closed'}`}
          @click=${(event: Event) => {
            event.stopPropagation();
            tree.toggle(path);
            this.draw();
          }}
          >${hasChildren ? icon('chevron') : nothing}</span
        >
        <span class="plan-name">${node.operator}</span>
        ${node.warnings.map(
          (warning) =>
            html`<span class=${`plan-mark plan-mark-${warning}`}
              >${icon('warning')}<span>${warningLabels[warning]}</span></span
            >`,
        )}
      </td>
      <td role="gridcell" class="plan-number plan-own">
        <span
          >${planTime(node.ownTimeMs)}${share >= leastShare ? html` <span class="hint">${percent(share)}</span>` : nothing}</span
        >
        <svg class="plan-bar" width="100%" height="3" aria-hidden="true">
          <rect width=${percent(share)} height="3"></rect>
        </svg>
      </td>
      ${used.map(
        ({ isNumber, shown }) =>
          html`<td role="gridcell" class=${isNumber ? 'plan-number' : 'plan-words'}>${shown(node)}</td>`,
      )}
    </tr>`;
  }

  /** Everything that is known of the operator that the person is at. */
  private details(tree: PlanTree): TemplateResult {
    const row = tree.rows.find(({ path }) => path === tree.current);
    if (row === undefined) {
      return html``;
    }
    const { node } = row;
    const parts = [
      ['Works On', node.target],
      ['Details', node.details],
      ['Execution', node.execution],
      ['Memory', told(node.memory)],
      ['Disk', told(node.disk)],
    ].filter(([, value]) => value !== '');
    return html`<section class="plan-details" aria-label="Operator" tabindex="0">
      <h2>${node.operator}</h2>
      ${node.warnings.map(
        (warning) =>
          html`<p class="said said-warning">
            ${icon('warning')}<span>${warningWords(warning, node, tree.wholeMs)}</span>
          </p>`,
      )}
      <dl>
        ${parts.map(
          ([name, value]) =>
            html`<div>
              <dt>${name}</dt>
              <dd>${value}</dd>
            </div>`,
        )}
      </dl>
    </section>`;
  }

  private key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || this.tree?.key(event.key) !== true) {
      return;
    }
    event.preventDefault();
    this.focus();
  }

  private go(path: string): void {
    this.tree?.go(path);
    this.focus();
  }

  private focus(): void {
    this.draw();
    const row = document.getElementById(this.rowId(this.tree?.current ?? '0'));
    row?.focus();
    row?.scrollIntoView({ block: 'nearest', inline: 'nearest' });
  }

  private rowId(path: string): string {
    return `plan-${this.id}-${path}`;
  }
}

const labelsOf = ({ warnings }: PlanNode): string =>
  warnings.map((warning) => warningLabels[warning].toLowerCase()).join(', ');

const mostCostly = 5;
/** Of the whole time; less is not worth a number. */
const leastShare = 0.01;
const indentPx = 14;
/** Deeper ones begin here: what they are under is told by their level. */
const deepestIndent = 30;
const noNode: PlanNode = {
  operator: '',
  target: '',
  task: '',
  details: '',
  execution: '',
  warnings: [],
  children: [],
};
