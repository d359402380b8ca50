/** Something read from a cloud: what is known now, and whether that is being refreshed or could not be. */
export interface Loadable<T> {
  /** The last value that was read, kept while loading again and after a failure. */
  readonly value?: T;
  readonly loading: boolean;
  readonly error?: unknown;
}

export const notLoaded: Loadable<never> = { loading: false };

export const startLoading = <T>(before: Loadable<T> | undefined): Loadable<T> => ({
  loading: true,
  ...(before?.value !== undefined && { value: before.value }),
});

export const loaded = <T>(value: T): Loadable<T> => ({ loading: false, value });

export const failed = <T>(before: Loadable<T> | undefined, error: unknown): Loadable<T> => ({
  loading: false,
  error,
  ...(before?.value !== undefined && { value: before.value }),
});
