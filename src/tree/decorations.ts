import {
  EventEmitter,
  FileDecoration,
  ThemeColor,
  Uri,
  window,
  type Disposable,
  type FileDecorationProvider,
} from 'vscode';
import type { Attention, InstanceAttention } from './attention';
import { counted } from '../core/counted';

const scheme = 'tidb-private-endpoint';
const folder = '/instance/';

/** What the editor knows an instance's row by. */
export const uriOfInstance = (instanceId: string): Uri =>
  Uri.from({ scheme, path: `${folder}${encodeURIComponent(instanceId)}` });

/** Colours the rows of instances whose endpoints need the person. */
export class Decorations implements FileDecorationProvider {
  private readonly changed = new EventEmitter<Uri[]>();
  readonly onDidChangeFileDecorations = this.changed.event;
  private readonly registration: Disposable;

  constructor(private readonly attention: Attention) {
    this.registration = window.registerFileDecorationProvider(this);
  }

  refresh(instanceIds: readonly string[]): void {
    if (instanceIds.length > 0) {
      this.changed.fire(instanceIds.map(uriOfInstance));
    }
  }

  provideFileDecoration(uri: Uri): FileDecoration | undefined {
    if (uri.scheme !== scheme || !uri.path.startsWith(folder)) {
      return undefined;
    }
    const found = this.attention.of(decodeURIComponent(uri.path.slice(folder.length)));
    return found && decorationOf(found);
  }

  dispose(): void {
    this.registration.dispose();
    this.changed.dispose();
  }
}

const decorationOf = ({ worst, count }: InstanceAttention): FileDecoration =>
  new FileDecoration(
    count > 9 ? '9+' : String(count),
    `${counted(count, 'private endpoint needs', 'private endpoints need')} your attention`,
    new ThemeColor(worst === 'failed' ? 'list.errorForeground' : 'list.warningForeground'),
  );
