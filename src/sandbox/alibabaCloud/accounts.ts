import type { Clock } from '../clock';
import type { TemporaryKey } from '../world/model';
import type { World } from '../world/world';

/** Who a key belongs to, as STS GetCallerIdentity tells it. */
export interface Identity {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  /** Set for temporary credentials, which are good only together with it. */
  readonly securityToken?: string;
  readonly caller: Readonly<Record<string, string>>;
}

/** The keys that the sandbox knows from the start, a lasting and a temporary one. They open nothing but the sandbox. */
export function sandboxIdentities(
  customer: string,
  accountId: string,
): [Identity, Identity & { readonly securityToken: string }] {
  return [
    {
      accessKeyId: `${customer}-access-key-id`,
      accessKeySecret: `${customer}-access-key-secret`,
      caller: {
        IdentityType: 'RAMUser',
        AccountId: accountId,
        UserId: '216959339000654321',
        PrincipalId: '216959339000654321',
        Arn: `acs:ram::${accountId}:user/sandbox`,
      },
    },
    {
      accessKeyId: `STS.${customer}-access-key-id`,
      accessKeySecret: `${customer}-temporary-secret`,
      securityToken: `${customer}-security-token`,
      caller: {
        IdentityType: 'AssumedRoleUser',
        AccountId: accountId,
        RoleId: '300159339000654321',
        PrincipalId: '300159339000654321:sandbox',
        Arn: `acs:ram::${accountId}:assumed-role/sandbox-role/sandbox`,
      },
    },
  ];
}

/** Every key that is good: those from the start, and those that STS gave out and that have not expired. */
export class KeyRing {
  constructor(
    private readonly lasting: readonly Identity[],
    private readonly world: World,
    private readonly clock: Clock,
  ) {}

  /** `expired`: STS gave the key out, and its time is over. */
  find(accessKeyId: string): { readonly identity: Identity; readonly expired: boolean } | undefined {
    const identity = this.lasting.find((candidate) => candidate.accessKeyId === accessKeyId);
    if (identity) {
      return { identity, expired: false };
    }
    const { accountId, temporaryKeys } = this.world.state;
    const key = temporaryKeys.find((candidate) => candidate.accessKeyId === accessKeyId);
    return key && { identity: identityOf(accountId, key), expired: this.clock.elapsed() >= key.expiresAt };
  }
}

function identityOf(accountId: string, key: TemporaryKey): Identity {
  const { accessKeyId, accessKeySecret, securityToken, roleId, roleName, sessionName } = key;
  return {
    accessKeyId,
    accessKeySecret,
    securityToken,
    caller: {
      IdentityType: 'AssumedRoleUser',
      AccountId: accountId,
      RoleId: roleId,
      PrincipalId: `${roleId}:${sessionName}`,
      Arn: assumedRoleArn(accountId, roleName, sessionName),
    },
  };
}

export function assumedRoleArn(accountId: string, roleName: string, sessionName: string): string {
  return `acs:ram::${accountId}:assumed-role/${roleName}/${sessionName}`;
}
