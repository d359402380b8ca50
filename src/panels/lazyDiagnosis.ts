import type { Disposable } from '../core/emitter';
import type { DiagnosisSubject } from '../services/diagnosis';
import type { DiagnosisPanels } from './diagnosis';

/** The diagnosis panels, loaded when the first one is wanted. */
export class LazyDiagnosis implements Disposable {
  private loading: Promise<DiagnosisPanels> | undefined;
  private panels: DiagnosisPanels | undefined;
  private disposed = false;

  constructor(private readonly load: () => Promise<DiagnosisPanels>) {}

  async show(subject: DiagnosisSubject): Promise<void> {
    this.panels = await (this.loading ??= this.load());
    if (!this.disposed) {
      this.panels.show(subject);
    }
  }

  close(): void {
    this.panels?.close();
  }

  dispose(): void {
    this.disposed = true;
    this.panels?.dispose();
  }
}
