import type { Creation, Decision } from '../../src/core/creation';

export interface WindowOptions {
  readonly folder: string;
  readonly leaseMs: number;
  readonly epochMs: number;
  /** How much faster the window's time passes. */
  readonly timeScale: number;
  readonly tidbCloudUrl: string;
  readonly tidbCloud: { readonly publicKey: string; readonly privateKey: string };
  readonly alibabaCloudUrls: Readonly<Record<string, string>>;
  readonly alibabaCloud: { readonly accessKeyId: string; readonly accessKeySecret: string };
}

/** Begin this, or take up what is there. */
export interface ToWindow {
  readonly start?: Creation;
}

export type FromWindow =
  | { readonly kind: 'ready' }
  | { readonly kind: 'log'; readonly line: string }
  | {
      readonly kind: 'progress';
      readonly creation: Creation;
      readonly readOnly: boolean;
      readonly decision?: Decision;
      readonly error?: string;
    };
