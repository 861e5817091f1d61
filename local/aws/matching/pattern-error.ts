/**
 * Why a pattern is invalid, in AWS's words. EventBridge and SNS each have an error code of their own for it.
 */
export class PatternError extends Error {}

export const refuse = (reason: string): never => {
  throw new PatternError(reason);
};
