import { window } from 'vscode';
import { wordsForState } from '../core/sessionState';
import type { Restored } from '../services/connections';

/** Tells that a session was lost and opened again; with what has gone with it, it is a warning. */
export function tellRestored({ endpointId, lost }: Restored): void {
  if (lost.length === 0) {
    window.setStatusBarMessage(`$(plug) Reconnected to ${endpointId}`, 5000);
  } else if (!lost.includes('transaction') && !lost.includes('tableLocks')) {
    void window.showWarningMessage(
      `The SQL connection to ${endpointId} was lost and has been opened again. ${sentence(wordsForState(lost))} of the session are gone.`,
    );
  }
}

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
