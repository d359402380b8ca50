import { Emitter } from '../core/emitter';
import type { Log, StateStore } from '../core/ports';
import type { EndpointRef } from './connections';

export interface SqlDocumentsOptions {
  /** Of this window and its workspace. */
  readonly state: StateStore;
  readonly key: string;
  readonly log: Log;
}

interface Binding extends EndpointRef {
  /** Names the document's session: its first URI, also when it is renamed or saved under another one. */
  readonly slot: string;
}

const untitled = 'untitled:';
/** The documents that were bound last; a file that was long ago is asked for again. */
const mostKept = 200;

/**
 * Which SQL document runs on which private endpoint. Documents are named by their URI. The bindings outlive the window:
 * those of files as long as they are among the last, those of new documents as long as the editor keeps these.
 */
export class SqlDocuments {
  private readonly bound = new Map<string, Binding>();
  private readonly changed: Emitter<readonly string[]>;

  constructor(private readonly options: SqlDocumentsOptions) {
    this.changed = new Emitter((error) => options.log.error('A listener of the SQL documents failed', error));
    for (const [uri, instanceId, endpointId] of entriesOf(options.state.get(options.key))) {
      this.bound.set(uri, { instanceId, endpointId, slot: this.freeSlot(uri) });
    }
  }

  /** Fires with the URIs of all bound documents. */
  get onDidChange(): Emitter<readonly string[]>['event'] {
    return this.changed.event;
  }

  get uris(): readonly string[] {
    return [...this.bound.keys()];
  }

  bind(uri: string, { instanceId, endpointId }: EndpointRef): void {
    const slot = this.bound.get(uri)?.slot ?? this.freeSlot(uri);
    this.bound.delete(uri);
    this.bound.set(uri, { instanceId, endpointId, slot });
    const [oldest] = this.bound.keys();
    if (this.bound.size > mostKept && oldest !== undefined) {
      this.bound.delete(oldest);
    }
    this.tell();
  }

  unbind(uri: string): void {
    if (this.bound.delete(uri)) {
      this.tell();
    }
  }

  endpointOf(uri: string): EndpointRef | undefined {
    const binding = this.bound.get(uri);
    return binding && { instanceId: binding.instanceId, endpointId: binding.endpointId };
  }

  /** The name of the document's session; of one that is not bound, what it will be. */
  slotOf(uri: string): string {
    return this.bound.get(uri)?.slot ?? this.freeSlot(uri);
  }

  /** A file, or what is in a folder, has got another name; also a new document that was saved. The session stays. */
  rename(from: string, to: string): void {
    const renamed = [...this.bound].flatMap(([uri, binding]) =>
      uri === from || uri.startsWith(`${from}/`) ? [{ uri, next: to + uri.slice(from.length), binding }] : [],
    );
    for (const { uri, next, binding } of renamed) {
      this.bound.delete(uri);
      this.bound.set(next, binding);
    }
    if (renamed.length > 0) {
      this.tell();
    }
  }

  /** New documents that the editor did not bring back when the window was opened again: their names may come anew. */
  forgetUntitled(isOpen: (uri: string) => boolean): void {
    const gone = this.uris.filter((uri) => isUntitled(uri) && !isOpen(uri));
    gone.forEach((uri) => this.bound.delete(uri));
    if (gone.length > 0) {
      this.tell();
    }
  }

  /** What was kept of an earlier window is told as well. */
  tell(): void {
    this.changed.fire(this.uris);
    const entries = [...this.bound].map(([uri, { instanceId, endpointId }]) => [uri, instanceId, endpointId]);
    this.options.state
      .set(this.options.key, entries)
      .catch((error: unknown) => this.options.log.error('Keep the bound SQL documents: failed', error));
  }

  /** The name of a new document can be that of one which was saved since, and still has its session. */
  private freeSlot(uri: string): string {
    const taken = new Set([...this.bound.values()].map(({ slot }) => slot));
    let slot = uri;
    for (let i = 2; taken.has(slot); i += 1) {
      slot = `${uri}#${i}`;
    }
    return slot;
  }
}

export const isUntitled = (uri: string): boolean => uri.startsWith(untitled);

function entriesOf(kept: unknown): readonly (readonly [string, string, string])[] {
  return Array.isArray(kept)
    ? kept.filter(
        (entry): entry is [string, string, string] =>
          Array.isArray(entry) && entry.length === 3 && entry.every((part) => typeof part === 'string'),
      )
    : [];
}
