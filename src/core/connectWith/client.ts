import type { ConnectionValues } from './method';

/** The programs that can stand in a terminal. What MariaDB installs as `mysql` is `mariadb`. */
export const clientKinds = ['mysql', 'mariadb', 'mycli'] as const;
export type ClientKind = (typeof clientKinds)[number];

export interface ClientLaunch {
  readonly args: readonly string[];
  /** Text of an option file with the password, to be given as the first argument. */
  readonly optionFile?: string;
  /** For the program alone. */
  readonly env: Readonly<Record<string, string>>;
}

/** How a client is started so that it verifies the server and its name. No secret is among the arguments. */
export function clientLaunch(
  kind: ClientKind,
  { host, port, user, password, database, caPath }: ConnectionValues & { readonly password: string },
): ClientLaunch {
  const args = [
    `--host=${host}`,
    `--port=${port}`,
    `--user=${user}`,
    `--ssl-ca=${caPath}`,
    ...(database === '' ? [] : [`--database=${database}`]),
  ];
  const optionFile = `[client]\npassword=${optionValue(password)}\n`;
  switch (kind) {
    case 'mysql':
      return {
        args: ['--protocol=TCP', ...args, '--ssl-mode=VERIFY_IDENTITY', '--tls-version=TLSv1.2,TLSv1.3'],
        optionFile,
        env: {},
      };
    case 'mariadb':
      return {
        args: [
          '--protocol=TCP',
          ...args,
          '--ssl',
          '--ssl-verify-server-cert',
          '--tls-version=TLSv1.2,TLSv1.3',
        ],
        optionFile,
        env: {},
      };
    case 'mycli':
      // Its option files have no escapes, so that not every password can be written in one.
      return { args: [...args, '--ssl-verify-server-cert'], env: { MYSQL_PWD: password } };
  }
}

/** In an option file quotes keep a `#` from beginning a comment, and backslashes escape. */
const optionValue = (text: string): string =>
  `"${text.replace(/[\\"]/g, '\\$&').replaceAll('\n', '\\n').replaceAll('\r', '\\r').replaceAll('\t', '\\t')}"`;
