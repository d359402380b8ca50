import type { PublicConnectionSetting } from '../../core/model';
import type { TidbCloudCaller } from './caller';
import type { ChangeContext } from './changes';
import { sendThenLook } from './changes';
import * as map from './map';
import { instancePath } from './paths';

/** What may be changed of an instance's public access. */
type Change = Partial<Pick<PublicConnectionSetting, 'enabled' | 'ipAccessList'>>;

const pathOf = (instanceId: string): string => `${instancePath(instanceId)}/publicConnectionSetting`;
const subjectOf = (instanceId: string): string => `the public connection setting of instance ${instanceId}`;

/** PublicConnectionSettingService of v1beta2. */
export class PublicConnections {
  constructor(
    private readonly caller: TidbCloudCaller,
    private readonly context: ChangeContext,
  ) {}

  async get(instanceId: string, signal?: AbortSignal): Promise<PublicConnectionSetting> {
    return this.caller.read(
      {
        operation: 'GetPublicConnectionSetting',
        path: pathOf(instanceId),
        subject: subjectOf(instanceId),
        answer: map.publicConnectionSetting,
      },
      signal,
    );
  }

  async update(instanceId: string, change: Change, signal?: AbortSignal): Promise<PublicConnectionSetting> {
    const path = pathOf(instanceId);
    return sendThenLook(
      () =>
        this.caller.once(
          {
            operation: 'UpdatePublicConnectionSetting',
            method: 'PATCH',
            path,
            body: bodyOf(change),
            subject: subjectOf(instanceId),
            role: 'Instance Manager',
            answer: map.publicConnectionSetting,
          },
          signal,
        ),
      async () => {
        const setting = await this.get(instanceId, signal);
        return shows(setting, change) ? setting : undefined;
      },
      { ...this.context, signal },
    );
  }
}

/** What is left out stays as it is, and so does a list that is sent empty: it is cleared by a field of its own. */
function bodyOf({ enabled, ipAccessList }: Change): object {
  return {
    ...(enabled === undefined ? {} : { enabled }),
    ...(ipAccessList === undefined
      ? {}
      : ipAccessList.length === 0
        ? { clearIpAccessList: true }
        : {
            ipAccessList: ipAccessList.map(({ cidr, description }) => ({ cidrNotation: cidr, description })),
          }),
  };
}

function shows(setting: PublicConnectionSetting, change: Change): boolean {
  const textOf = (list: PublicConnectionSetting['ipAccessList']): string =>
    JSON.stringify(list.map(({ cidr, description }) => [cidr, description]).sort());
  return (
    (change.enabled === undefined || setting.enabled === change.enabled) &&
    (change.ipAccessList === undefined || textOf(setting.ipAccessList) === textOf(change.ipAccessList))
  );
}
