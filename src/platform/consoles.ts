/**
 * Addresses of the two web consoles. Where an API's base URL is on this machine, the cloud is a sandbox, whose console is
 * beside it.
 */
const onThisMachine = (url: URL): boolean =>
  url.hostname === 'localhost' || url.hostname === '[::1]' || url.hostname.startsWith('127.');

function sandboxOrigin(baseUrl: string | undefined): string | undefined {
  if (baseUrl === undefined || !URL.canParse(baseUrl)) {
    return undefined;
  }
  const url = new URL(baseUrl);
  return onThisMachine(url) ? url.origin : undefined;
}

export const isSandboxUrl = (baseUrl: string): boolean => sandboxOrigin(baseUrl) !== undefined;

export function tidbCloudConsole(baseUrl: string, instanceId?: string): string {
  const sandbox = sandboxOrigin(baseUrl);
  const path = instanceId === undefined ? '' : `/instances/${encodeURIComponent(instanceId)}/networking`;
  return sandbox === undefined
    ? `https://tidbcloud.com${instanceId === undefined ? '' : `/tidbs/${encodeURIComponent(instanceId)}/networking`}`
    : `${sandbox}/console${path}`;
}

export function alibabaCloudConsole(endpoints: Readonly<Record<string, string>>, regionId?: string): string {
  const sandbox = sandboxOrigin(endpoints['privatelink']);
  const path = regionId === undefined ? '' : `/${encodeURIComponent(regionId)}`;
  return sandbox === undefined
    ? `https://vpc.console.aliyun.com/endpoint${path}${regionId === undefined ? '' : '/endpoints'}`
    : `${sandbox}/console/endpoint${path}`;
}
