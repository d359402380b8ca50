import { Diagnoses, type DiagnosesOptions } from '../../services/diagnosis';
import type { DiagnosisPanelServices } from './diagnosisPanel';
import { DiagnosisPanels } from './diagnosisPanels';

export type { DiagnosisPanels } from './diagnosisPanels';

/** A bundle of its own: its words are many, and most windows never need them. */
export const createDiagnosisPanels = (
  services: Omit<DiagnosisPanelServices, 'diagnoses'>,
  options: DiagnosesOptions,
): DiagnosisPanels => new DiagnosisPanels({ ...services, diagnoses: new Diagnoses(options) });
