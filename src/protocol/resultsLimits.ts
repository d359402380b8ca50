/** How much one message may ask for or carry. */
export const limits = {
  /** A value that is longer is cut in the grid (UTF-16 units). */
  cell: 300,
  /** A value that is longer is cut where it is shown alone. */
  whole: 500_000,
  rowsAtOnce: 500,
  filter: 1000,
} as const;
