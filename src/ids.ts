/** Every string that package.json and the code share, once. The manifest test holds both to each other. */

export const extensionId = 'private-endpoint-tools.tidb-private-endpoint';
const prefix = 'tidbPrivateEndpoint';

export const commands = {
  signInTidbCloud: `${prefix}.signInTidbCloud`,
  signInAlibabaCloud: `${prefix}.signInAlibabaCloud`,
  signOut: `${prefix}.signOut`,
  renameAccount: `${prefix}.renameAccount`,
  refresh: `${prefix}.refresh`,
  filter: `${prefix}.filter`,
  clearFilter: `${prefix}.clearFilter`,
  groupBy: `${prefix}.groupBy`,
  showMore: `${prefix}.showMore`,
  createEndpoint: `${prefix}.createEndpoint`,
  openCreation: `${prefix}.openCreation`,
  deleteEndpoint: `${prefix}.deleteEndpoint`,
  deleteConnection: `${prefix}.deleteConnection`,
  giveUp: `${prefix}.giveUp`,
  copyServiceName: `${prefix}.copyServiceName`,
  copyEndpointId: `${prefix}.copyEndpointId`,
  copyDomainName: `${prefix}.copyDomainName`,
  copyConnectionString: `${prefix}.copyConnectionString`,
  openTerminal: `${prefix}.openTerminal`,
  connect: `${prefix}.connect`,
  disconnect: `${prefix}.disconnect`,
  chooseBastion: `${prefix}.chooseBastion`,
  diagnose: `${prefix}.diagnose`,
  runSql: `${prefix}.runSql`,
  runAllSql: `${prefix}.runAllSql`,
  explainSql: `${prefix}.explainSql`,
  cancelSql: `${prefix}.cancelSql`,
  selectFirstRows: `${prefix}.selectFirstRows`,
  copySqlName: `${prefix}.copySqlName`,
  showCreate: `${prefix}.showCreate`,
  loadMoreTables: `${prefix}.loadMoreTables`,
  switchConnection: `${prefix}.switchConnection`,
  markProduction: `${prefix}.markProduction`,
  unmarkProduction: `${prefix}.unmarkProduction`,
  showSqlHistory: `${prefix}.showSqlHistory`,
  clearSqlHistory: `${prefix}.clearSqlHistory`,
  exportResults: `${prefix}.exportResults`,
  showHealth: `${prefix}.showHealth`,
  showDetails: `${prefix}.showDetails`,
  showHealthHistory: `${prefix}.showHealthHistory`,
  openInTidbCloud: `${prefix}.openInTidbCloud`,
  openInAlibabaCloud: `${prefix}.openInAlibabaCloud`,
  exportAsCode: `${prefix}.exportAsCode`,
  copyRamPolicy: `${prefix}.copyRamPolicy`,
  startSandbox: `${prefix}.startSandbox`,
  stopSandbox: `${prefix}.stopSandbox`,
  showLog: `${prefix}.showLog`,
} as const;

export type CommandId = (typeof commands)[keyof typeof commands];

export const views = {
  container: prefix,
  instances: `${prefix}.instances`,
  resultsContainer: `${prefix}Results`,
  results: `${prefix}.results`,
} as const;

/** Authentication providers: what the editor's Accounts menu shows. */
export const authentications = {
  tidbCloud: `${prefix}.tidbCloud`,
  alibabaCloud: `${prefix}.alibabaCloud`,
} as const;

export const panels = {
  creation: `${prefix}.creation`,
  details: `${prefix}.details`,
} as const;

/** A panel that is not there any more after a reload. */
export const diagnosisPanel = `${prefix}.diagnosis`;

/** Keys under the section `tidbPrivateEndpoint`. */
export const settings = {
  section: prefix,
  tidbCloudBaseUrl: 'tidbCloud.baseUrl',
  alibabaCloudEndpoints: 'alibabaCloud.endpoints',
  alibabaCloudProfile: 'alibabaCloud.profile',
  healthIntervalSeconds: 'health.intervalSeconds',
  healthShowInStatusBar: 'health.showInStatusBar',
  sqlBastions: 'sql.bastions',
  sqlMaxRows: 'sql.maxRows',
  sqlQueryTimeoutSeconds: 'sql.queryTimeoutSeconds',
} as const;

/** Context keys for `when` clauses. */
export const contexts = {
  /** Unset until known, so that no welcome text flashes up. */
  signedOut: `${prefix}.signedOut`,
  /** The list of instances was read and is empty. */
  noInstances: `${prefix}.noInstances`,
  /** URIs of the SQL documents that are bound to an endpoint. */
  boundDocuments: `${prefix}.boundDocuments`,
  sqlRunning: `${prefix}.sqlRunning`,
  /** URIs of the SQL documents of which a statement is running. */
  runningDocuments: `${prefix}.runningDocuments`,
  /** The view shows only what matches a text. */
  filtered: `${prefix}.filtered`,
  /** This window works on a sandbox that it started. */
  sandbox: `${prefix}.sandbox`,
} as const;

/** Parts of a tree item's contextValue, sorted and joined with `;`. */
export const treeTokens = {
  instance: 'instance',
  group: 'group',
  endpoint: 'endpoint',
  service: 'service',
  canCreate: 'canCreate',
  canConnect: 'canConnect',
  production: 'production',
  notProduction: 'notProduction',
  hasDomain: 'hasDomain',
  hasServiceName: 'hasServiceName',
  canDeleteEndpoint: 'canDeleteEndpoint',
  canDeleteConnection: 'canDeleteConnection',
  canExport: 'canExport',
  creation: 'creation',
  instanceGone: 'instanceGone',
  database: 'database',
  /** A table or view. */
  relation: 'relation',
  /** A database, table, view, column or index. */
  named: 'named',
  canReadAgain: 'canReadAgain',
  /** Why there is nothing, or not all, where rows would be. */
  problem: 'problem',
} as const;

export const secretKeys = {
  /** Where versions with one account for each cloud kept it. */
  tidbCloud: 'tidbCloud.key',
  alibabaCloud: 'alibabaCloud.key',
  account: (accountId: string) => `account/${accountId}`,
  sqlPassword: (instanceId: string, user: string) => `sql.password/${instanceId}/${user}`,
} as const;

export const stateKeys = {
  /** Who is signed in; their secrets are elsewhere. */
  accounts: 'accounts',
  /** Ids of the Alibaba Cloud accounts that own an instance's endpoints. */
  accountsOfInstance: (instanceId: string) => `accounts.of/${instanceId}`,
  /** How the view groups the instances. */
  grouping: 'tree.grouping',
  /** PEM of an instance's certificate authority. */
  caCertificate: (instanceId: string) => `caCertificate/${instanceId}`,
  /** The database user that last connected. */
  sqlUser: (instanceId: string) => `sql.user/${instanceId}`,
  /** The database that was in use last. */
  sqlDatabase: (instanceId: string, endpointId: string) => `sql.database/${instanceId}/${endpointId}`,
  /** Id of the way to connect that was chosen last in «Connect With». */
  connectWith: 'sql.connectWith',
  /** Ids of the VPC, vSwitches and security groups that were last chosen for an endpoint. */
  lastChoice: (accountId: string, regionId: string) => `creation.choice/${accountId}/${regionId}`,
  /** Which SQL documents are bound to which endpoint: URIs and ids; in the window's own state. */
  boundDocuments: 'sql.documents',
  /** Set for an endpoint that is marked as production. */
  production: (endpointId: string) => `sql.production/${endpointId}`,
  /** How long the clouds have taken lately. */
  durations: 'creation.durations',
  /** Ids of the instances whose endpoints are watched. */
  followed: 'health.followed',
  /** What the health of the endpoints became, and when. */
  healthHistory: 'health.history',
  /** Which sandbox this window works on; in the workspace's state. */
  sandbox: 'sandbox',
} as const;
