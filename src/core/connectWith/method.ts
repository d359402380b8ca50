import type { EnvEntries } from './dotenv';

/** What a connection is made of. Nothing in it is escaped. */
export interface ConnectionValues {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** Left out: a placeholder stands in its place. */
  readonly password?: string;
  /** May be empty. */
  readonly database: string;
  /** The file with the certificate of the authority that signed the server's. */
  readonly caPath: string;
  /** Where the text is to be used: decides how a shell quotes. */
  readonly os: OperatingSystem;
}

export type OperatingSystem = 'windows' | 'macos' | 'linux';

/** As TiDB Cloud's own list has them, and what it does not have. */
export const methodGroups = ['General', 'CLI', 'Drivers', 'ORMs', 'Tools'] as const;
export type MethodGroup = (typeof methodGroups)[number];

/** One way to connect, with its text. */
export interface ConnectMethod {
  /** Stable; TiDB Cloud CLI's own where that has the method. */
  readonly id: string;
  readonly label: string;
  readonly group: MethodGroup;
  /** The editor's id of the text's language. */
  readonly language: string;
  /** `snippet`: a program or a part of one; `string`: one line to paste or run; `steps`: what to enter where. */
  readonly kind: 'snippet' | 'string' | 'steps';
  /** What a person should know before they choose it. */
  readonly detail?: string;
  /** The text never asks for a password where one could be seen: it has none, or prompts for it. */
  readonly prompts?: true;
  /** Where it is meant for a .env file. */
  readonly entries?: (values: Filled) => EnvEntries;
  readonly text: (values: Filled) => string;
}

/** With the password, or with what stands in its place. */
export interface Filled extends ConnectionValues {
  readonly password: string;
  /** `password` as it is written in a URI: a placeholder stays readable. */
  readonly uriPassword: string;
}

export const passwordPlaceholder = '<PASSWORD>';
