import type { Clock } from '../core/ports';
import { statementsOf, type Statement } from '../core/statements';

/** A document of the editor, as far as its statements go. */
export interface SourceDocument {
  readonly uri: string;
  readonly version: number;
  getText(): string;
}

interface Indexed {
  readonly version: number;
  readonly statements: Promise<readonly Statement[]>;
}

/** So much is read in a millisecond or two; then others go first. */
const sliceLength = 250_000;
const mostKept = 20;

/** The statements of documents: read in slices, so that a dump of some megabytes holds nobody up, and once per version. */
export class StatementIndex {
  private readonly kept = new Map<string, Indexed>();

  constructor(private readonly clock: Pick<Clock, 'sleep'>) {}

  of(document: SourceDocument): Promise<readonly Statement[]> {
    const { uri, version } = document;
    const before = this.kept.get(uri);
    if (before?.version === version) {
      return before.statements;
    }
    const statements = this.read(document.getText());
    this.kept.delete(uri);
    this.kept.set(uri, { version, statements });
    const [oldest] = this.kept.keys();
    if (this.kept.size > mostKept && oldest !== undefined) {
      this.kept.delete(oldest);
    }
    return statements;
  }

  forget(uri: string): void {
    this.kept.delete(uri);
  }

  private async read(text: string): Promise<readonly Statement[]> {
    const statements: Statement[] = [];
    let pauseAt = sliceLength;
    for (const statement of statementsOf(text)) {
      statements.push(statement);
      if (statement.end > pauseAt) {
        pauseAt = statement.end + sliceLength;
        await this.clock.sleep(0);
      }
    }
    return statements;
  }
}
