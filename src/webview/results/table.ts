import type { ResultsState } from '../../protocol/results';

type Rows = Extract<ResultsState['outcome'], { kind: 'rows' }>;

const drawn = new WeakMap<Rows, HTMLTableElement>();

function headerCell(scope: 'col' | 'row', text: string): HTMLTableCellElement {
  const cell = document.createElement('th');
  cell.scope = scope;
  cell.textContent = text;
  return cell;
}

function columnCell({ name, type }: Rows['columns'][number]): HTMLTableCellElement {
  const cell = headerCell('col', name);
  cell.title = type;
  return cell;
}

function valueCell(value: string | null): HTMLTableCellElement {
  const cell = document.createElement('td');
  if (value === null) {
    const mark = document.createElement('i');
    mark.textContent = 'NULL';
    mark.className = 'null';
    cell.append(mark);
  } else {
    cell.textContent = value;
    cell.title = value;
  }
  return cell;
}

/**
 * The rows as a table that a screen reader can walk. Made once per answer and outside the document, so that it comes in
 * with a single layout; values are only ever text.
 */
export function resultTable(rows: Rows): HTMLTableElement {
  const known = drawn.get(rows);
  if (known !== undefined) {
    return known;
  }
  const table = document.createElement('table');
  const headRow = table.createTHead().insertRow();
  headRow.append(headerCell('col', '#'), ...rows.columns.map(columnCell));
  const body = table.createTBody();
  rows.rows.forEach((row, index) => {
    const line = document.createElement('tr');
    line.append(headerCell('row', String(index + 1)), ...row.map(valueCell));
    body.append(line);
  });
  drawn.set(rows, table);
  return table;
}
