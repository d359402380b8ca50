import { createAlibabaCloudApi, credentialsFrom } from '../../../src/cloud/alibaba';
import { AppError } from '../../../src/core/errors';
import { systemClock } from '../../../src/platform/clock';
import { answerQuestions } from './channel';

/** What the client does when asked: the first call after sign-in, with the credentials that this machine has. */
export interface Call {
  /** As the setting has it; empty: the chain chooses. */
  readonly profile: string;
}

export type Outcome = { readonly ms: number } & (
  { readonly arn: string } | { readonly code: string; readonly reason: string }
);

const log = { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined };
const apis = new Map<string, ReturnType<typeof createAlibabaCloudApi>>();

function apiFor(profile: string): ReturnType<typeof createAlibabaCloudApi> {
  const known = apis.get(profile);
  if (known !== undefined) {
    return known;
  }
  const credentials = credentialsFrom({ kind: 'chain' }, profile);
  const api = createAlibabaCloudApi({
    credentials,
    endpoints: {},
    userAgent: 'credentials-test/1',
    clock: systemClock,
    log,
  });
  apis.set(profile, api);
  return api;
}

answerQuestions(async ({ profile }: Call): Promise<Outcome> => {
  const started = performance.now();
  const ms = (): number => Math.round(performance.now() - started);
  try {
    const { arn } = await apiFor(profile).getCallerIdentity();
    return { arn, ms: ms() };
  } catch (error) {
    if (!AppError.is(error)) {
      throw error;
    }
    return { code: error.code, reason: error.details.reason ?? '', ms: ms() };
  }
});
