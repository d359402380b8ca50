import { MarkdownString, ThemeColor, ThemeIcon, TreeItem, TreeItemCollapsibleState } from 'vscode';
import {
  isSystemDatabase,
  type ColumnInfo,
  type IndexInfo,
  type TableInfo,
} from '../../../core/catalogModel';
import type { Loadable } from '../../../core/loadable';
import { commands, treeTokens } from '../../../ids';
import type { Catalog } from '../../../services/catalog/catalog';
import { MessageNode, problemNode } from '../messageNode';
import { contextValue, needsFirstLoad, type TreeNode } from '../node';

/** What a command run on one of these rows is about. */
export interface DatabaseRow {
  readonly instanceId: string;
  readonly endpointId: string;
  readonly database?: string;
  readonly table?: string;
  readonly tableKind?: TableInfo['kind'];
  readonly column?: string;
  readonly index?: string;
}

abstract class CatalogNode implements TreeNode, DatabaseRow {
  readonly id: string;
  readonly instanceId: string;
  readonly endpointId: string;

  constructor(
    readonly parent: TreeNode,
    key: string,
    { instanceId, endpointId }: DatabaseRow,
    protected readonly catalog: Catalog,
  ) {
    this.id = `${parent.id}/${key}`;
    this.instanceId = instanceId;
    this.endpointId = endpointId;
  }

  abstract item(): TreeItem;
}

/** Names may hold slashes, which part the keys of rows. */
const keyOf = (kind: string, name: string): string => `${kind}/${encodeURIComponent(name)}`;

/** The id of the row of an endpoint, of one of its databases, or of a table. */
export function catalogRowId(endpointRowId: string, database?: string, table?: string): string {
  const databaseId =
    database === undefined ? endpointRowId : `${endpointRowId}/${keyOf('database', database)}`;
  return table === undefined ? databaseId : `${databaseId}/${keyOf('table', table)}`;
}

/** What is read, or the reason why it is not, with a row that tries again. */
function rowsOf<T>(
  parent: TreeNode & DatabaseRow,
  { value, error }: Loadable<T>,
  rows: (value: T) => readonly TreeNode[],
): readonly TreeNode[] {
  const known = value === undefined ? [] : rows(value);
  if (error === undefined) {
    return known;
  }
  const { instanceId, endpointId, database, table } = parent;
  return [
    ...known,
    problemNode(parent, error, instanceId, {
      more: {
        endpointId,
        ...(database && { database }),
        ...(table && { table }),
      },
    }),
  ];
}

/** The databases behind an Active private endpoint; those of the server itself come last. */
export async function databaseRows(
  parent: TreeNode & DatabaseRow,
  catalog: Catalog,
): Promise<readonly TreeNode[]> {
  if (needsFirstLoad(catalog.databases(parent))) {
    await catalog.loadDatabases(parent);
  }
  return rowsOf(parent, catalog.databases(parent), (names) => {
    const order = [...names].sort((a, b) => Number(isSystemDatabase(a)) - Number(isSystemDatabase(b)));
    return order.map((name) => new DatabaseNode(parent, name, catalog));
  });
}

export class DatabaseNode extends CatalogNode {
  constructor(
    parent: TreeNode & DatabaseRow,
    readonly database: string,
    catalog: Catalog,
  ) {
    super(parent, keyOf('database', database), parent, catalog);
  }

  item(): TreeItem {
    const isSystem = isSystemDatabase(this.database);
    const item = new TreeItem(this.database, TreeItemCollapsibleState.Collapsed);
    item.id = this.id;
    item.iconPath = new ThemeIcon('database', isSystem ? new ThemeColor('disabledForeground') : undefined);
    item.description = isSystem ? 'system' : '';
    item.accessibilityInformation = { label: `Database ${this.database}${isSystem ? ', system' : ''}` };
    item.contextValue = contextValue(treeTokens.database, treeTokens.named, treeTokens.canReadAgain);
    return item;
  }

  readonly children = async (): Promise<readonly TreeNode[]> => {
    const pages = (): ReturnType<Catalog['tables']> => this.catalog.tables(this, this.database);
    if (needsFirstLoad(pages())) {
      await this.catalog.loadTables(this, this.database);
    }
    return rowsOf(this, pages(), ({ tables, hasMore }) => {
      if (tables.length === 0) {
        const icon = new ThemeIcon('info');
        return [new MessageNode(this, 'empty', { label: 'No tables', icon }, this.instanceId)];
      }
      const rows: TreeNode[] = tables.map((table) => new TableNode(this, table, this.catalog));
      return hasMore ? [...rows, this.moreRow(tables.length)] : rows;
    });
  };

  private moreRow(shown: number): TreeNode {
    const { instanceId, endpointId, database } = this;
    return new MessageNode(
      this,
      'more',
      {
        label: 'Load More…',
        description: `${shown} shown`,
        icon: new ThemeIcon('ellipsis'),
        command: {
          title: 'Load More',
          command: commands.loadMoreTables,
          arguments: [{ instanceId, endpointId, database }],
        },
      },
      instanceId,
    );
  }
}

export class TableNode extends CatalogNode {
  readonly database: string;
  readonly table: string;
  readonly tableKind: TableInfo['kind'];

  constructor(
    parent: DatabaseNode,
    private readonly info: TableInfo,
    catalog: Catalog,
  ) {
    super(parent, keyOf('table', info.name), parent, catalog);
    this.database = parent.database;
    this.table = info.name;
    this.tableKind = info.kind;
  }

  item(): TreeItem {
    const { name, kind, estimatedRows } = this.info;
    const item = new TreeItem(name, TreeItemCollapsibleState.Collapsed);
    item.id = this.id;
    item.iconPath = new ThemeIcon(kind === 'view' ? 'eye' : 'table');
    item.description =
      kind === 'view' ? 'view' : estimatedRows === undefined ? '' : `about ${grouped(estimatedRows)} rows`;
    item.accessibilityInformation = {
      label: `${kind === 'view' ? 'View' : 'Table'} ${name}${kind === 'table' && item.description ? `, ${item.description}` : ''}`,
    };
    item.contextValue = contextValue(treeTokens.relation, treeTokens.named, treeTokens.canReadAgain);
    return item;
  }

  tooltip(): MarkdownString {
    const { name, comment, estimatedRows } = this.info;
    const tooltip = new MarkdownString();
    tooltip.appendMarkdown('**').appendText(`${this.database}.${name}`).appendMarkdown('**');
    if (comment !== '') {
      tooltip.appendMarkdown('\n\n').appendText(comment);
    }
    if (estimatedRows !== undefined) {
      tooltip.appendMarkdown('\n\nRows, as the server estimates: ').appendText(grouped(estimatedRows));
    }
    return tooltip;
  }

  readonly children = async (): Promise<readonly TreeNode[]> => {
    const details = (): ReturnType<Catalog['details']> =>
      this.catalog.details(this, this.database, this.table);
    if (needsFirstLoad(details())) {
      await this.catalog.loadDetails(this, this.database, this.table);
    }
    return rowsOf(this, details(), ({ columns, indexes }) => [
      ...columns.map((column) => new ColumnNode(this, column, this.catalog)),
      ...indexes.map((index) => new IndexNode(this, index, this.catalog)),
    ]);
  };
}

/** The server's whole number, with commas. */
const grouped = (digits: string): string => digits.replace(/\B(?=(\d{3})+$)/g, ',');

class ColumnNode extends CatalogNode {
  readonly database: string;
  readonly table: string;
  readonly column: string;

  constructor(
    parent: TableNode,
    private readonly info: ColumnInfo,
    catalog: Catalog,
  ) {
    super(parent, keyOf('column', info.name), parent, catalog);
    this.database = parent.database;
    this.table = parent.table;
    this.column = info.name;
  }

  item(): TreeItem {
    const { name, type, key, nullable } = this.info;
    const item = new TreeItem(name);
    item.id = this.id;
    item.iconPath = new ThemeIcon(key === 'PRI' ? 'key' : 'symbol-field');
    item.description = [type, ...(nullable ? [] : ['NOT NULL'])].join(' ');
    item.accessibilityInformation = {
      label: `Column ${name}, ${item.description}${key === 'PRI' ? ', primary key' : ''}`,
    };
    item.contextValue = contextValue(treeTokens.named);
    return item;
  }

  tooltip(): MarkdownString {
    const { name, type, nullable, defaultValue, extra, comment } = this.info;
    const tooltip = new MarkdownString();
    tooltip.appendMarkdown('**').appendText(name).appendMarkdown('** ').appendText(type);
    const line = (text: string): void => void tooltip.appendMarkdown('\n\n').appendText(text);
    line(nullable ? 'NULL is allowed' : 'NOT NULL');
    if (defaultValue !== undefined) {
      line(`Default: ${defaultValue}`);
    }
    for (const text of [extra, comment].filter((words) => words !== '')) {
      line(text);
    }
    return tooltip;
  }
}

class IndexNode extends CatalogNode {
  readonly database: string;
  readonly table: string;
  readonly index: string;

  constructor(
    parent: TableNode,
    private readonly info: IndexInfo,
    catalog: Catalog,
  ) {
    super(parent, keyOf('index', info.name), parent, catalog);
    this.database = parent.database;
    this.table = parent.table;
    this.index = info.name;
  }

  item(): TreeItem {
    const { name, columns, unique, visible } = this.info;
    const words = [unique ? 'unique index' : 'index', ...(visible ? [] : ['invisible'])].join(', ');
    const item = new TreeItem(name);
    item.id = this.id;
    item.iconPath = new ThemeIcon('list-tree');
    item.description = `${words} (${columns.join(', ')})`;
    item.accessibilityInformation = { label: `${name}, ${words} on ${columns.join(', ')}` };
    item.contextValue = contextValue(treeTokens.named);
    return item;
  }
}
