/** A refusal in Alibaba Cloud's words: HTTP status and error code as in the products' published error lists. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
    this.name = 'ApiError';
  }
}

/** Most refusals are 400, in PrivateLink also those for things that are not there. */
export function refuse(code: string, message: string, status = 400): never {
  throw new ApiError(status, code, message);
}
