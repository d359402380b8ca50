import type { SqlProbe } from '../core/ports';
import { AppError } from '../core/errors';
import { createSqlProbe } from './probe';

/** A probe from this machine itself, without the driver: small enough to be loaded in every window. */
export const createDirectProbe = (): Pick<SqlProbe, 'probeDomain'> =>
  createSqlProbe({
    dialThrough: () => () => {
      throw new AppError('invalidInput', { source: 'SQL', reason: 'This probe goes through no bastion' });
    },
  });
