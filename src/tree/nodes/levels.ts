import { ThemeColor, ThemeIcon } from 'vscode';
import type { HealthLevel } from '../../core/health';

export const levelIcons: Readonly<Record<HealthLevel, ThemeIcon>> = {
  healthy: new ThemeIcon('pass', new ThemeColor('testing.iconPassed')),
  changing: new ThemeIcon('sync'),
  attention: new ThemeIcon('warning', new ThemeColor('list.warningForeground')),
  failed: new ThemeIcon('error', new ThemeColor('list.errorForeground')),
};
