import type { Session } from './session';
import { quoteText } from './tokens';

const CUSTOMERS = 60;
const ORDERS = 240;
const PEOPLE = [
  ['Amélie Laurent', 'Paris'],
  ['王小明', '上海'],
  ['佐藤 花子', '東京'],
  ["O'Brien & Sons", 'Dublin'],
  ['Jürgen Groß', 'Frankfurt'],
  ['陳美玲', 'Singapore'],
  ['Łukasz Nowak', 'Kraków'],
  ['Ana Sofía Ruiz', 'Bogotá'],
  ['鈴木 一郎', '大阪'],
  ['Priya Nair', 'Bengaluru'],
] as const;
const PRODUCTS = [
  ['Notebook', 4.5],
  ['Fountain pen', 39.9],
  ['墨汁 60 ml', 12.25],
  ['和紙 10 枚', 18],
  ['Desk lamp', 74.99],
  ['Sticker set 🎉', 2.75],
] as const;
const STATUSES = ['new', 'paid', 'shipped', 'delivered', 'returned'] as const;
const NOTE =
  'Please ring twice. The parcel is for the workshop in the back yard, behind the second gate; the neighbours take it as well. ';

const at = <T>(list: readonly T[], index: number): T => list[index % list.length] as T;
const two = (value: number): string => String(value).padStart(2, '0');

/** The statements that make `test` and `shop`; the same data at every start. */
function* seedStatements(): Generator<string> {
  yield 'CREATE DATABASE test';
  yield 'CREATE DATABASE shop';
  yield 'USE shop';
  yield `CREATE TABLE customers (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, name VARCHAR(80) NOT NULL, email VARCHAR(120) NOT NULL,
    city VARCHAR(80), profile JSON, created_at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP, UNIQUE KEY by_email (email),
    KEY by_city (city)) ENGINE=InnoDB`;
  yield `CREATE TABLE orders (
    id BIGINT UNSIGNED NOT NULL AUTO_INCREMENT PRIMARY KEY, customer_id BIGINT UNSIGNED NOT NULL,
    status ENUM('new','paid','shipped','delivered','returned') NOT NULL DEFAULT 'new', total DECIMAL(12,2) NOT NULL,
    placed_at DATETIME NOT NULL, delivered_on DATE, note TEXT, KEY by_customer (customer_id), KEY by_time (placed_at),
    FOREIGN KEY (customer_id) REFERENCES customers (id)) ENGINE=InnoDB`;
  yield `CREATE TABLE order_items (
    order_id BIGINT UNSIGNED NOT NULL, line INT NOT NULL, product VARCHAR(80) NOT NULL, quantity INT NOT NULL,
    price DECIMAL(10,2) NOT NULL, weight_kg DOUBLE, PRIMARY KEY (order_id, line),
    FOREIGN KEY (order_id) REFERENCES orders (id)) ENGINE=InnoDB`;
  yield `INSERT INTO customers (name, email, city, profile, created_at) VALUES ${rows(CUSTOMERS, customer)}`;
  yield `INSERT INTO orders (customer_id, status, total, placed_at, delivered_on, note) VALUES ${rows(ORDERS, order)}`;
  yield `INSERT INTO order_items VALUES ${rows(ORDERS, (index) => rows(linesOf(index), (line) => item(index, line)))}`;
  yield 'UPDATE orders SET total = (SELECT SUM(quantity * price) FROM order_items WHERE order_id = orders.id)';
}

const rows = (count: number, row: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => row(index)).join(', ');
const linesOf = (order: number): number => 1 + (order % 3);

function customer(index: number): string {
  const [name, city] = at(PEOPLE, index);
  const profile = {
    tier: at(['gold', 'silver', 'basic'], index),
    since: 2015 + (index % 10),
    tags: ['沪', 'b2b'].slice(index % 3),
  };
  return `(${[
    quoteText(index < PEOPLE.length ? name : `${name} ${String(Math.floor(index / PEOPLE.length) + 1)}`),
    quoteText(`customer${String(index + 1)}@example.com`),
    index % 7 === 3 ? 'NULL' : quoteText(city),
    index % 5 === 4 ? 'NULL' : quoteText(JSON.stringify(profile)),
    `'2025-${two(1 + (index % 12))}-${two(1 + (index % 28))} 0${String(index % 10)}:30:00'`,
  ].join(', ')})`;
}

function order(index: number): string {
  const month = two(1 + (index % 12));
  const day = 1 + ((index * 7) % 25);
  const delivered = at(STATUSES, index) === 'delivered';
  return `(${[
    1 + ((index * 13) % CUSTOMERS),
    quoteText(at(STATUSES, index)),
    0,
    `'2026-${month}-${two(day)} ${two(index % 24)}:${two((index * 11) % 60)}:00'`,
    delivered ? `'2026-${month}-${two(day + 3)}'` : 'NULL',
    index % 4 === 0 ? 'NULL' : index % 4 === 1 ? "''" : quoteText(NOTE.repeat(1 + (index % 5)).trim()),
  ].join(', ')})`;
}

function item(order: number, line: number): string {
  const [product, price] = at(PRODUCTS, order + line * 5);
  const weight = (order + line) % 6 === 0 ? 'NULL' : String(0.1 * (1 + ((order + line) % 9)));
  return `(${[order + 1, line + 1, quoteText(product), 1 + ((order * 3 + line) % 4), price, weight].join(', ')})`;
}

export function seed(session: Session): void {
  for (const statement of seedStatements()) {
    session.run(statement);
  }
}
