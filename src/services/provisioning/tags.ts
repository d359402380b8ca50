/** Tags on every endpoint the extension creates, so that it is found again even without the journal. */
export const createdByTag = 'created-by';
export const instanceTag = 'tidb-instance';
export const creationTag = 'tidb-creation';

export const endpointTags = (instanceId: string, creationId: string): Readonly<Record<string, string>> => ({
  [createdByTag]: 'tidb-private-endpoint',
  [instanceTag]: instanceId,
  [creationTag]: creationId,
});
