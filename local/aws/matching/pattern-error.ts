/** Why a pattern is none, in AWS's words; EventBridge and SNS each give it a code of their own. */
export class PatternError extends Error {}

export const refuse = (reason: string): never => {
  throw new PatternError(reason);
};
