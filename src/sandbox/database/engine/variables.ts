import { SERVER_VERSION, VERSION_COMMENT } from '../version';
import { SqlError } from './sqlError';

/** System variables that clients ask for. Setting one of them is kept for the session and has no other effect. */
const defaults: Readonly<Record<string, string>> = {
  auto_increment_increment: '1',
  autocommit: '1',
  character_set_client: 'utf8mb4',
  character_set_connection: 'utf8mb4',
  character_set_database: 'utf8mb4',
  character_set_results: 'utf8mb4',
  character_set_server: 'utf8mb4',
  collation_connection: 'utf8mb4_bin',
  collation_database: 'utf8mb4_bin',
  collation_server: 'utf8mb4_bin',
  foreign_key_checks: '1',
  have_ssl: 'YES',
  hostname: 'localhost',
  init_connect: '',
  interactive_timeout: '28800',
  license: 'Apache-2.0',
  local_infile: '0',
  lower_case_table_names: '2',
  max_allowed_packet: '4194304',
  max_connections: '64',
  net_buffer_length: '16384',
  net_write_timeout: '60',
  performance_schema: '0',
  port: '0',
  protocol_version: '10',
  read_only: '0',
  require_secure_transport: '1',
  socket: '',
  sql_mode: 'ONLY_FULL_GROUP_BY,STRICT_TRANS_TABLES',
  sql_notes: '1',
  sql_safe_updates: '0',
  sql_select_limit: '18446744073709551615',
  system_time_zone: 'UTC',
  time_zone: '+00:00',
  transaction_isolation: 'SERIALIZABLE',
  transaction_read_only: '0',
  tx_isolation: 'SERIALIZABLE',
  unique_checks: '1',
  version: SERVER_VERSION,
  version_comment: VERSION_COMMENT,
  version_compile_machine: 'wasm32',
  version_compile_os: 'loopback',
  wait_timeout: '28800',
  warning_count: '0',
};
const READ_ONLY = new Set(['version', 'version_comment', 'hostname', 'port', 'have_ssl', 'license']);

/** One session's variables: the server's (`@@x`) and a person's own (`@x`, as an SQL literal). */
export class Variables {
  readonly #system = new Map(Object.entries(defaults));
  readonly #own = new Map<string, string>();

  get system(): (readonly [name: string, value: string])[] {
    return [...this.#system];
  }

  get autocommit(): boolean {
    return this.#system.get('autocommit') === '1';
  }

  /** The value, of a name with its `@` or `@@`; for an own one that was never set, undefined. */
  systemValue(name: string): string {
    const value = this.#system.get(plainName(name));
    if (value === undefined) {
      throw unknown(name);
    }
    return value;
  }

  own(name: string): string | undefined {
    return this.#own.get(name);
  }

  setSystem(name: string, value: string): void {
    const plain = plainName(name);
    if (!this.#system.has(plain)) {
      throw unknown(name);
    }
    if (READ_ONLY.has(plain)) {
      throw new SqlError(1238, 'HY000', `Variable '${plain}' is a read only variable`);
    }
    this.#system.set(
      plain,
      /^(?:on|true)$/i.test(value) ? '1' : /^(?:off|false)$/i.test(value) ? '0' : value,
    );
  }

  setOwn(name: string, literal: string): void {
    this.#own.set(name, literal);
  }
}

const plainName = (name: string): string =>
  name.toLowerCase().replace(/^@@(?:(?:session|global|local)\.)?/, '');
const unknown = (name: string): SqlError =>
  new SqlError(1193, 'HY000', `Unknown system variable '${plainName(name)}'`);
