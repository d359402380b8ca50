import { commands as vscodeCommands, window } from 'vscode';
import { commands } from '../../ids';
import type { CreationProgress } from '../../services/provisioning/runner';

/** Tells the person that a connection has become Active, whether the panel is open or not. */
export function announceActive({ creation }: CreationProgress): void {
  const connect = 'Connect';
  void window
    .showInformationMessage(`The private endpoint for ${creation.instanceName} is Active.`, connect)
    .then((chosen) => {
      if (chosen === connect) {
        const { instanceId, endpointId } = creation;
        void vscodeCommands.executeCommand(commands.connect, { instanceId, endpointId });
      }
    });
}
