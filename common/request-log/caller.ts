/**
 * Where `method` was called, as `file:line:column`; undefined where that cannot be said. Node itself maps the stack
 * to the sources, when it runs with `--enable-source-maps`.
 */
export const callerOf = (method: (...args: never[]) => unknown): string | undefined => {
  const at = { stack: "" };
  Error.captureStackTrace(at, method);
  return /\n.*?(?:file:\/\/)?((?:\/|\w:\\).*?:\d+:\d+)/.exec(at.stack)?.[1];
};
