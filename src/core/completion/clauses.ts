import { isReserved } from '../tidbKeywords';
import { Group, isSign, wordOf, type Item } from './groups';

/** What can come next: `word` is a keyword or a name that is new, `name` is a name that is new for certain. */
export type Expected = 'word' | 'name' | 'database' | 'table' | 'column';

/** `condition`: of a join, after which another table can come. */
type List = 'none' | 'tables' | 'expressions' | 'condition';

const startOf = { none: 'word', tables: 'table', expressions: 'column', condition: 'column' } as const;

/** These can stand between the keyword and the table. */
const beforeTable = new Set(
  'IF NOT EXISTS IGNORE LOW_PRIORITY DELAYED HIGH_PRIORITY QUICK LATERAL INTO TABLE FROM ONLY'.split(' '),
);
/** Reserved, and yet a value, after which no other comes. */
const values = new Set(
  'NULL TRUE FALSE DEFAULT MAXVALUE DUAL ASC DESC CURRENT_DATE CURRENT_TIME CURRENT_TIMESTAMP CURRENT_USER LOCALTIME LOCALTIMESTAMP'.split(
    ' ',
  ),
);
const expressionClauses = new Set('SELECT WHERE HAVING BY VALUES VALUE RETURNING DO'.split(' '));
const tableClauses = new Set('FROM JOIN STRAIGHT_JOIN INTO REFERENCES TRUNCATE'.split(' '));
const columnsOfAlter = new Set('DROP MODIFY CHANGE AFTER COLUMN'.split(' '));

/** Reads a query, or a statement that is none, item by item, and knows at each what can come next. */
export class Clauses {
  private next: Expected = 'word';
  private list: List;
  /** The first word. */
  first = '';
  /** The keyword that the present list began with. */
  clause = '';
  private before: Item | undefined;
  private readonly words: string[] = [];

  /** @param list what the items are a part of, where it does not begin with them */
  constructor(list: List = 'none') {
    this.list = list;
    this.next = startOf[list];
  }

  get expects(): Expected {
    return this.next;
  }

  private get inExpression(): boolean {
    return this.list === 'expressions' || this.list === 'condition';
  }

  /** Within the tables of a query, where a name with parentheses is a function. */
  get inFrom(): boolean {
    return this.list === 'tables' && ['FROM', 'JOIN', 'STRAIGHT_JOIN', ''].includes(this.clause);
  }

  /** `CREATE INDEX name ON`, `GRANT SELECT ON`; not the condition of a join. */
  private get isOnTable(): boolean {
    return (
      this.first === 'GRANT' ||
      this.first === 'REVOKE' ||
      (['CREATE', 'DROP'].includes(this.first) && this.list === 'none' && this.words.includes('INDEX'))
    );
  }

  take(item: Item): void {
    const word = isSign(this.before, '.') ? '' : wordOf(item);
    const begin = this.first === '' && word !== '';
    if (begin) {
      this.first = word;
    }
    this.next = word === '' ? this.afterOther(item) : this.afterWord(word, begin);
    this.before = item;
    if (word !== '') {
      this.words.push(word);
    }
  }

  private afterOther(item: Item): Expected {
    if (isSign(item, ',')) {
      return this.list === 'condition' ? this.begin('tables', 'FROM') : startOf[this.list];
    }
    if (item instanceof Group || item.kind !== 'sign' || item.text === '.' || !this.inExpression) {
      return 'word';
    }
    // `SELECT *` and `t.*`, not a product.
    const isAll = item.text === '*' && (this.next === 'column' || isSign(this.before, '.'));
    return isAll ? 'word' : 'column';
  }

  private afterWord(word: string, begin: boolean): Expected {
    if (begin) {
      return this.afterFirst(word);
    }
    if (this.next === 'table' && beforeTable.has(word)) {
      return 'table';
    }
    if (this.first === 'SHOW') {
      return this.afterShow(word);
    }
    if (word === 'ON') {
      return this.begin(this.isOnTable ? 'tables' : 'condition', word);
    }
    if (this.first === 'ALTER' && columnsOfAlter.has(word) && this.words.at(-1) !== 'ADD') {
      return 'column';
    }
    if (expressionClauses.has(word)) {
      return this.begin('expressions', word);
    }
    if (tableClauses.has(word)) {
      return this.begin('tables', word);
    }
    return this.afterRarer(word);
  }

  private afterFirst(word: string): Expected {
    switch (word) {
      case 'USE':
        return 'database';
      case 'SET':
      case 'WITH':
        return 'word';
      case 'DESC':
      case 'DESCRIBE':
      case 'EXPLAIN':
      case 'TABLE':
      case 'INSERT':
      case 'REPLACE':
      case 'UPDATE':
      case 'TRUNCATE':
        return this.begin('tables', word);
      default:
        return expressionClauses.has(word) ? this.begin('expressions', word) : 'word';
    }
  }

  private afterRarer(word: string): Expected {
    const last = this.words.at(-1) ?? '';
    switch (word) {
      case 'UPDATE':
        return last === 'FOR'
          ? 'word'
          : last === 'KEY'
            ? this.begin('expressions', word)
            : this.begin('tables', word);
      case 'TABLE':
      case 'TABLES':
      case 'VIEW':
        return this.first === 'CREATE' ? 'word' : this.begin('tables', word);
      case 'LIKE':
        return this.first === 'CREATE' && this.list === 'none'
          ? this.begin('tables', word)
          : this.afterOperand(word);
      case 'DATABASE':
      case 'SCHEMA':
        return this.first === 'CREATE' ? 'word' : 'database';
      case 'USING':
        return this.first === 'DELETE' ? this.begin('tables', word) : 'word';
      case 'SET':
        return this.begin('expressions', word);
      case 'LIMIT':
      case 'OFFSET':
      case 'FOR':
      case 'LOCK':
        return this.begin('none', word);
      case 'AS':
        return this.list === 'none' ? 'word' : 'name';
      default:
        return this.afterOperand(word);
    }
  }

  private afterOperand(word: string): Expected {
    return this.inExpression && isReserved(word) && !values.has(word) ? 'column' : 'word';
  }

  /** `SHOW COLUMNS FROM table FROM database`, `SHOW TABLES FROM database`, `SHOW CREATE TABLE table`. */
  private afterShow(word: string): Expected {
    const last = this.words.at(-1) ?? '';
    if (word === 'FROM' || word === 'IN') {
      const isOfTable = this.words.some((each) => /^(?:COLUMNS|FIELDS|INDEX|INDEXES|KEYS)$/.test(each));
      const isSecond = this.words.some((each) => each === 'FROM' || each === 'IN');
      return isOfTable && !isSecond ? 'table' : 'database';
    }
    if (last === 'CREATE') {
      return word === 'TABLE' || word === 'VIEW' ? 'table' : word === 'DATABASE' ? 'database' : 'word';
    }
    return word === 'WHERE' ? this.begin('expressions', word) : 'word';
  }

  private begin(list: List, clause: string): Expected {
    this.list = list;
    this.clause = clause;
    return startOf[list];
  }
}
