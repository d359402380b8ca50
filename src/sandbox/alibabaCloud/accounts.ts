/** Who a key belongs to, as STS GetCallerIdentity tells it. */
export interface Identity {
  readonly accessKeyId: string;
  readonly accessKeySecret: string;
  /** Set for temporary credentials, which are good only together with it. */
  readonly securityToken?: string;
  readonly caller: Readonly<Record<string, string>>;
}

/** The keys that the sandbox knows, a lasting and a temporary one. They open nothing but the sandbox. */
export function sandboxIdentities(
  accountId: string,
): [Identity, Identity & { readonly securityToken: string }] {
  return [
    {
      accessKeyId: 'sandbox-access-key-id',
      accessKeySecret: 'sandbox-access-key-secret',
      caller: {
        IdentityType: 'RAMUser',
        AccountId: accountId,
        UserId: '216959339000654321',
        PrincipalId: '216959339000654321',
        Arn: `acs:ram::${accountId}:user/sandbox`,
      },
    },
    {
      accessKeyId: 'STS.sandbox-access-key-id',
      accessKeySecret: 'sandbox-temporary-secret',
      securityToken: 'sandbox-security-token',
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
