import type { LogOutputChannel } from 'vscode';
import { AppError } from '../core/errors';
import type { Log } from '../core/ports';
import type { Redactor } from '../core/redact';

/** Writes to the editor's log channel; nothing gets past the redactor. */
export class ChannelLog implements Log {
  constructor(
    private readonly channel: LogOutputChannel,
    private readonly redactor: Redactor,
  ) {}

  debug(message: string): void {
    this.channel.debug(this.redactor.redact(message));
  }

  info(message: string): void {
    this.channel.info(this.redactor.redact(message));
  }

  warn(message: string): void {
    this.channel.warn(this.redactor.redact(message));
  }

  error(message: string, error?: unknown): void {
    const text = error === undefined ? message : `${message}\n${describeChain(error)}`;
    this.channel.error(this.redactor.redact(text));
  }

  show(): void {
    this.channel.show();
  }
}

/** An error with everything known about it and its causes. */
function describeChain(error: unknown): string {
  const lines: string[] = [];
  let current: unknown = error;
  for (let depth = 0; current !== undefined && depth < 10; depth++) {
    lines.push(`${'  '.repeat(depth)}${depth === 0 ? '' : 'caused by '}${describe(current)}`);
    current = current instanceof Error ? current.cause : undefined;
  }
  return lines.join('\n');
}

function describe(error: unknown): string {
  if (AppError.is(error)) {
    const { httpStatus, requestId, subject, missingPermission } = error.details;
    const facts = Object.entries({ httpStatus, requestId, subject, missingPermission })
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => `${name}=${String(value)}`);
    return [error.message, ...facts].join(' ');
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
