import type { readSettings } from './settings';

/** Addresses of the two web consoles, as the settings are at the time. */
export interface Consoles {
  /** An instance's networking page, or where the console begins. */
  tidbCloud(instanceId?: string): string;
  /** A region's endpoints, or where they begin. */
  alibabaCloud(regionId?: string): string;
  isSandbox(): boolean;
}

/** Where an API's base URL is on this machine, the cloud is a sandbox, whose console is beside it. */
export function consolesOf(
  settings: Pick<typeof readSettings, 'tidbCloudBaseUrl' | 'alibabaCloudEndpoints'>,
): Consoles {
  return {
    tidbCloud: (instanceId) => {
      const sandbox = sandboxOrigin(settings.tidbCloudBaseUrl());
      const id = instanceId === undefined ? undefined : encodeURIComponent(instanceId);
      return sandbox === undefined
        ? `https://tidbcloud.com${id === undefined ? '' : `/tidbs/${id}/networking`}`
        : `${sandbox}/console${id === undefined ? '' : `/instances/${id}/networking`}`;
    },
    alibabaCloud: (regionId) => {
      const sandbox = sandboxOrigin(settings.alibabaCloudEndpoints()['privatelink']);
      const path = regionId === undefined ? '' : `/${encodeURIComponent(regionId)}`;
      return sandbox === undefined
        ? `https://vpc.console.aliyun.com/endpoint${path}${path === '' ? '' : '/endpoints'}`
        : `${sandbox}/console/endpoint${path}`;
    },
    isSandbox: () => {
      try {
        return sandboxOrigin(settings.tidbCloudBaseUrl()) !== undefined;
      } catch {
        // A setting that is not valid is told of where it is used.
        return false;
      }
    },
  };
}

function sandboxOrigin(baseUrl: string | undefined): string | undefined {
  if (baseUrl === undefined || !URL.canParse(baseUrl)) {
    return undefined;
  }
  const url = new URL(baseUrl);
  return onThisMachine(url) ? url.origin : undefined;
}

const onThisMachine = ({ hostname }: URL): boolean =>
  hostname === 'localhost' || hostname === '[::1]' || /^127(\.\d{1,3}){3}$/.test(hostname);
