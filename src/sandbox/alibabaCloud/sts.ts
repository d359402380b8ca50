import { freshSecret } from '../world/ids';
import type { Role } from '../world/model';
import type { World } from '../world/world';
import { assumedRoleArn } from './accounts';
import { ApiError, refuse } from './apiError';
import { REQUIRED_TEXT } from './commonParameters';
import { operation, type OperationContext } from './operation';

const SHORTEST_SESSION_SECONDS = 900;
const DEFAULT_SESSION_SECONDS = 3600;
/** Keys that have expired long ago are forgotten; the others are told that they expired. */
const MOST_KEYS = 1000;

const SESSION = {
  RoleArn: { ...REQUIRED_TEXT, code: 'InvalidParameter.RoleArn' },
  RoleSessionName: {
    ...REQUIRED_TEXT,
    minLength: 2,
    maxLength: 64,
    pattern: /^[A-Za-z0-9.@_-]+$/,
    code: 'InvalidParameter.RoleSessionName',
  },
  DurationSeconds: { kind: 'integer', code: 'InvalidParameter.DurationSeconds' },
  Policy: { kind: 'text', maxLength: 2048, code: 'InvalidParameter.PolicySize' },
} as const;

interface WantedSession {
  readonly RoleArn: string;
  readonly RoleSessionName: string;
  readonly DurationSeconds: number | undefined;
  readonly Policy: string | undefined;
}

/** STS 2015-04-01. */
export const stsOperations = [
  operation({
    product: 'sts',
    action: 'GetCallerIdentity',
    parameters: {},
    run: (_values, { identity }) => ({ ...identity?.caller }),
  }),
  operation({
    product: 'sts',
    action: 'AssumeRole',
    parameters: {
      ...SESSION,
      ExternalId: {
        kind: 'text',
        minLength: 2,
        maxLength: 1224,
        pattern: /^[\w+=,.@:/-]+$/,
        code: 'InvalidParameter.ExternalId',
      },
      SourceIdentity: { kind: 'text', minLength: 2, maxLength: 64 },
      SerialNumber: { kind: 'text', code: 'InvalidParameter.SerialNumber' },
      TokenCode: { kind: 'text', pattern: /^\d{6}$/, code: 'InvalidParameter.TokenCode' },
    },
    run: (values, context) => assumeRole(values, context),
  }),
  operation({
    product: 'sts',
    action: 'AssumeRoleWithOIDC',
    anonymous: true,
    parameters: {
      ...SESSION,
      OIDCProviderArn: { ...REQUIRED_TEXT, code: 'InvalidParameter.OIDCProviderArn' },
      OIDCToken: {
        ...REQUIRED_TEXT,
        minLength: 4,
        maxLength: 20_000,
        code: 'InvalidParameter.OIDCToken',
      },
    },
    run: (values, context) => {
      const { accountId } = context.world.state;
      const provider = /^acs:ram::(\d+):oidc-provider\/[\w.-]{1,128}$/.exec(values.OIDCProviderArn);
      if (!provider) {
        refuse('InvalidParameter.OIDCProviderArn', 'The parameter OIDCProviderArn is wrongly formed.');
      }
      if (provider[1] !== accountId) {
        refuse('EntityNotExist.OIDCProvider', 'The OIDC provider does not exist.', 404);
      }
      const claims = claimsOf(values.OIDCToken);
      if (typeof claims.exp === 'number' && claims.exp * 1000 < context.clock.now()) {
        refuse('AuthenticationFail.OIDCToken.Expired', 'This OIDC token has expired.', 403);
      }
      return {
        ...assumeRole(values, context),
        OIDCTokenInfo: {
          Issuer: textOf(claims.iss),
          Subject: textOf(claims.sub),
          ClientIds: textOf(claims.aud),
        },
      };
    },
  }),
];

function assumeRole(values: WantedSession, { world, clock }: OperationContext): object {
  const role = roleOrRefuse(world, values.RoleArn);
  const seconds = values.DurationSeconds ?? Math.min(DEFAULT_SESSION_SECONDS, role.maxSessionSeconds);
  if (seconds < SHORTEST_SESSION_SECONDS || seconds > role.maxSessionSeconds) {
    const range = `${SHORTEST_SESSION_SECONDS} to ${role.maxSessionSeconds}`;
    refuse('InvalidParameter.DurationSeconds', `The Min/Max value of DurationSeconds is ${range} seconds.`);
  }
  if (values.Policy !== undefined && !isPolicy(values.Policy)) {
    refuse('InvalidParameter.PolicyGrammar', 'The parameter Policy has a wrong grammar.');
  }
  const key = {
    accessKeyId: `STS.${freshSecret(24)}`,
    accessKeySecret: freshSecret(44),
    securityToken: `CAIS${freshSecret(200)}`,
    roleId: role.roleId,
    roleName: role.name,
    sessionName: values.RoleSessionName,
    expiresAt: clock.elapsed() + seconds * 1000,
  };
  const { state } = world;
  state.temporaryKeys = [...state.temporaryKeys, key].slice(-MOST_KEYS);
  world.changed();
  const { accessKeyId, accessKeySecret, securityToken } = key;
  return {
    Credentials: {
      AccessKeyId: accessKeyId,
      AccessKeySecret: accessKeySecret,
      SecurityToken: securityToken,
      Expiration: new Date(clock.wallTimeOf(key.expiresAt)).toISOString().replace(/\.\d+Z$/, 'Z'),
    },
    AssumedRoleUser: {
      Arn: assumedRoleArn(state.accountId, role.name, values.RoleSessionName),
      AssumedRoleId: `${role.roleId}:${values.RoleSessionName}`,
    },
  };
}

function roleOrRefuse(world: World, arn: string): Role {
  const match = /^acs:ram::(\d+):role\/([\w.-]{1,64})$/.exec(arn);
  if (!match) {
    throw new ApiError(400, 'InvalidParameter.RoleArn', 'The parameter RoleArn is wrongly formed.');
  }
  const found = world.state.roles.find(({ name }) => name.toLowerCase() === match[2]?.toLowerCase());
  if (match[1] !== world.state.accountId || !found) {
    throw new ApiError(404, 'EntityNotExist.Role', 'The specified Role not exists.');
  }
  return found;
}

function isPolicy(text: string): boolean {
  try {
    const policy: unknown = JSON.parse(text);
    return typeof policy === 'object' && policy !== null && 'Version' in policy && 'Statement' in policy;
  } catch {
    return false;
  }
}

/** The claims of a JSON Web Token; none for another kind of token. Who signed it is not checked: nobody has keys here. */
function claimsOf(token: string): Readonly<Record<string, unknown>> {
  try {
    const claims: unknown = JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString());
    return typeof claims === 'object' && claims !== null ? { ...claims } : {};
  } catch {
    return {};
  }
}

function textOf(claim: unknown): string {
  return Array.isArray(claim) ? claim.join(',') : typeof claim === 'string' ? claim : '';
}
