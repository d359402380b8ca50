import type { Clock } from '../core/ports';
import { statementsOf, type Statement } from '../core/statements';

/** A document of the editor, as far as its statements go. */
export interface SourceDocument {
  readonly version: number;
  getText(): string;
}

interface Indexed {
  readonly version: number;
  readonly statements: Promise<readonly Statement[]>;
}

/** So much is read in a millisecond or two; then others go first. */
const sliceLength = 250_000;

/** The statements of documents: read in slices, so that a dump of some megabytes holds nobody up, and once per version. */
export class StatementIndex {
  /** By the document itself: after one is closed, another of the same URI and version can have another text. */
  private readonly kept = new WeakMap<SourceDocument, Indexed>();

  constructor(private readonly clock: Pick<Clock, 'sleep'>) {}

  of(document: SourceDocument): Promise<readonly Statement[]> {
    const { version } = document;
    const before = this.kept.get(document);
    if (before?.version === version) {
      return before.statements;
    }
    const statements = this.read(document.getText());
    this.kept.set(document, { version, statements });
    return statements;
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
