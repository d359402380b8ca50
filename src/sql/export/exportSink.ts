import { AppError } from '../../core/errors';
import type { SqlExportOptions } from '../../core/ports';
import type { Link } from '../link';
import { decodeRow } from '../rows/rowBytes';
import type { Run } from '../run';
import type { AnswerSink, RowTaker } from '../statement';
import { decoderOf, describeColumn, type ColumnDefinition } from '../values';
import { encoderOf } from './encode';
import { ExportFile } from './exportFile';

const writtenAtOnce = 64 * 1024;
/** How much may wait to be written before the server is asked to wait. */
const mostWaiting = 2 * 1024 * 1024;

/** Writes the first result set to a file as it comes. */
export class ExportSink implements AnswerSink {
  readonly #run: Run;
  readonly #link: Pick<Link, 'pause' | 'resume'>;
  readonly #options: SqlExportOptions;
  readonly #file: ExportFile;
  #hasRows = false;
  #rows = 0;
  #text = '';
  #waiting = 0;
  #writing: Promise<void> = Promise.resolve();

  private constructor(
    run: Run,
    link: Pick<Link, 'pause' | 'resume'>,
    options: SqlExportOptions,
    file: ExportFile,
  ) {
    this.#run = run;
    this.#link = link;
    this.#options = options;
    this.#file = file;
  }

  static async create(
    run: Run,
    link: Pick<Link, 'pause' | 'resume'>,
    options: SqlExportOptions,
  ): Promise<ExportSink> {
    return new ExportSink(run, link, options, await ExportFile.create(options.path));
  }

  begin(definitions: readonly ColumnDefinition[]): RowTaker | undefined {
    if (this.#hasRows) {
      return undefined;
    }
    this.#hasRows = true;
    const encoder = encoderOf(this.#options.format, definitions.map(describeColumn));
    const decoders = definitions.map(decoderOf);
    this.#text = encoder.head;
    return {
      row: (bytes, start, end) => {
        if (this.#run.isEnding) {
          return;
        }
        this.#text += encoder.row(decodeRow(bytes, start, end, decoders));
        this.#rows += 1;
        if (this.#text.length >= writtenAtOnce) {
          this.#flush();
        }
      },
      end: () => this.#flush(),
    };
  }

  done(): void {
    // What has no rows is refused in `finish`.
  }

  /** Returns the number of rows. */
  async finish(): Promise<number> {
    await this.#writing;
    if (!this.#hasRows) {
      throw new AppError('invalidInput', {
        source: 'SQL',
        reason: 'The statement gives no rows, so there is nothing to export',
      });
    }
    await this.#file.finish();
    return this.#rows;
  }

  async discard(): Promise<void> {
    await this.#writing;
    await this.#file.discard();
  }

  #flush(): void {
    const text = this.#text;
    const rows = this.#rows;
    this.#text = '';
    this.#waiting += text.length;
    if (this.#waiting > mostWaiting) {
      this.#link.pause();
    }
    this.#writing = this.#writing.then(async () => {
      if (this.#run.isEnding) {
        return;
      }
      try {
        await this.#file.write(text);
      } catch (error) {
        this.#run.stop(error);
        return;
      }
      const wasFull = this.#waiting > mostWaiting;
      this.#waiting -= text.length;
      if (wasFull && this.#waiting <= mostWaiting) {
        this.#link.resume();
      }
      this.#options.onProgress?.(rows);
    });
  }
}
