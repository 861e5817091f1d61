type SdkError = { $fault?: string; $retryable?: unknown; $metadata?: unknown; name?: string };

const asSdkError = (error: unknown): SdkError => (typeof error === "object" && error !== null ? error : {});

/** A 4xx of a service that will be the same next time: bad input or a missing permission. */
export const isCallersFault = (error: unknown): boolean => {
  const { $fault, $retryable, name = "" } = asSdkError(error);
  return $fault === "client" && $retryable === undefined && !/throttl|exceeded|timeout|limit/i.test(name);
};

/** What the SDK gave up on: a service that throttles, fails or does not answer, so that trying later can help. */
export const isDependencyFailure = (error: unknown): boolean =>
  asSdkError(error).$metadata !== undefined && !isCallersFault(error);
