import type { Creation, Decision, Observed } from '../../core/creation';
import { AppError, type ErrorCode } from '../../core/errors';
import type { Accounts } from '../accounts';
import { alibabaCloudOf, tidbCloudOf } from './accountsOf';
import { regionOf } from './looks';

export type Act = Extract<
  Decision,
  { kind: 'createEndpoint' | 'createConnection' | 'deleteConnection' | 'removeZone' | 'deleteEndpoint' }
>;

type Mark = 'endpointSentAtMs' | 'connectionSentAtMs';

/** One call that changes something, ready to leave. */
export interface Sending {
  /** Set in the journal before the call leaves. */
  readonly mark?: Mark;
  /** Resolves with what the answer tells of what is there. Never stopped on its way: the answer counts. */
  readonly send: () => Promise<Partial<Observed> | undefined>;
  /** The creation once the call was answered. */
  readonly answered: (creation: Creation) => Creation;
  /** The creation once the call has failed; `before` it was sent. */
  readonly refused: (creation: Creation, before: Creation, error: unknown) => Creation;
}

const same = (creation: Creation): Creation => creation;

/** The calls behind the decisions that change something. */
export class Acts {
  constructor(private readonly accounts: Accounts) {}

  /** @throws AppError notSignedIn */
  async prepare(decision: Act, creation: Creation): Promise<Sending> {
    switch (decision.kind) {
      case 'createEndpoint': {
        const api = await alibabaCloudOf(this.accounts, creation);
        return {
          mark: 'endpointSentAtMs',
          send: async () => ({ endpoint: await api.createEndpoint(decision.spec, creation.clientToken) }),
          answered: same,
          refused: (now, before, error) => unmarked(now, before, error, 'endpointSentAtMs'),
        };
      }
      case 'createConnection': {
        const { endpointId, privateDomainName } = decision;
        const { instanceId, regionId } = creation;
        const request = { instanceId, regionId, endpointId, privateDomainName };
        const api = await tidbCloudOf(this.accounts, creation);
        return {
          mark: 'connectionSentAtMs',
          send: async () => ({ connection: await api.createConnection(request) }),
          answered: same,
          refused: (now, before, error) =>
            inConsole(unmarked(now, before, error, 'connectionSentAtMs'), error),
        };
      }
      case 'deleteConnection': {
        const api = await tidbCloudOf(this.accounts, creation);
        return {
          send: () => done(api.deleteConnection(creation.instanceId, decision.connectionId)),
          answered: (now) => without(now, 'connectionSentAtMs'),
          refused: (now, _, error) => inConsole(now, error),
        };
      }
      case 'removeZone': {
        const api = await alibabaCloudOf(this.accounts, creation);
        const region = regionOf(creation);
        return {
          send: () => done(api.removeEndpointZone(region, decision.endpointId, decision.zoneId)),
          answered: same,
          refused: same,
        };
      }
      case 'deleteEndpoint': {
        const api = await alibabaCloudOf(this.accounts, creation);
        const region = regionOf(creation);
        return {
          send: () => done(api.deleteEndpoint(region, decision.endpointId)),
          answered: (now) => without(now, 'endpointSentAtMs'),
          refused: same,
        };
      }
    }
  }
}

/** What the person does in TiDB Cloud's console because the API does not take it. */
export const needsConsole = ({ forWhat }: Extract<Decision, { kind: 'ask' }>): boolean =>
  forWhat === 'acceptInConsole' || forWhat === 'deleteInTidbCloud';

async function done(call: Promise<void>): Promise<undefined> {
  await call;
}

/** TiDB Cloud's API does not offer the call, or not to this key: the person does it in the console. */
function inConsole(creation: Creation, error: unknown): Creation {
  return AppError.is(error) && (error.code === 'unsupported' || error.code === 'notAllowed')
    ? { ...creation, acceptance: 'console' }
    : creation;
}

/** Answers that say for certain that the call has made nothing, whatever was lost on its way. */
const refusals: Readonly<Record<Mark, readonly ErrorCode[]>> = {
  // The client sends it again with its token after an answer that was lost: that it exists already proves nothing.
  endpointSentAtMs: ['quota', 'notOpen', 'notAllowed', 'notFound', 'invalidInput', 'unsupported'],
  connectionSentAtMs: ['quota', 'notAllowed', 'notFound', 'invalidInput', 'unsupported', 'conflict'],
};

/** What an earlier sending may have made is not disproved by the refusal of a later one. */
function unmarked(now: Creation, before: Creation, error: unknown, mark: Mark): Creation {
  const nothingMade = before[mark] === undefined && AppError.is(error) && refusals[mark].includes(error.code);
  return nothingMade ? without(now, mark) : now;
}

function without(creation: Creation, mark: Mark): Creation {
  if (creation[mark] === undefined) {
    return creation;
  }
  const rest = { ...creation };
  Reflect.deleteProperty(rest, mark);
  return rest;
}
