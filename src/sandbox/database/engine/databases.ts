import { SqlError, unknownDatabase, unsupported } from './sqlError';

export const SYSTEM_DATABASE = 'information_schema';

/** SQLite reaches ten beside `main` at once (SQLITE_MAX_ATTACHED), and information_schema is one of them. */
const MOST_DATABASES = 9;

/** The databases by name, in lower case: a file in memory each. */
export class Databases {
  readonly #names = new Set<string>();

  /** In alphabetical order, `information_schema` among them. */
  get names(): string[] {
    return [...this.#names, SYSTEM_DATABASE].sort();
  }

  has(name: string): boolean {
    const lower = name.toLowerCase();
    return lower === SYSTEM_DATABASE || this.#names.has(lower);
  }

  /** The file; its name stays the same when a database is dropped and made again. */
  fileOf(name: string): string {
    return `/${Buffer.from(name.toLowerCase(), 'utf8').toString('hex')}.db`;
  }

  add(name: string): void {
    if (this.has(name)) {
      throw new SqlError(1007, 'HY000', `Can't create database '${name}'; database exists`);
    }
    if (this.#names.size >= MOST_DATABASES) {
      throw unsupported(`more than ${String(MOST_DATABASES)} databases`);
    }
    this.#names.add(name.toLowerCase());
  }

  /** Its tables have to be dropped by then. */
  remove(name: string): void {
    if (!this.#names.delete(name.toLowerCase())) {
      throw unknownDatabase(name);
    }
  }
}
