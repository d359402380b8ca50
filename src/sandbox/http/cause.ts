/** One line for the log about a failure of the sandbox's own: where it was met, and the error with its first frames. */
export function causeOf(where: string, error: unknown): string {
  const text = error instanceof Error ? (error.stack ?? String(error)) : String(error);
  return `${where}: ${text
    .split('\n')
    .slice(0, 4)
    .map((line) => line.trim())
    .join(' | ')}`;
}
