/** What a command of the SDK has that takes middleware. */
type Command = {
  middlewareStack: {
    add(
      middleware: (next: (args: never) => unknown) => (args: never) => unknown,
      options: { step: "build"; priority: "high"; name: string },
    ): void;
  };
};

/**
 * Gives a command a body that is JSON text already. The SDK would walk every attribute of every item three times
 * (to check, to convert, to write JSON); with many small items that is most of the CPU time. All else (signing,
 * retries, time limits, tracing, the answer) stays the SDK's.
 */
export const withRawBody = <C extends Command>(command: C, body: string): C => {
  // Bytes once: the signature, the length and the socket each want them.
  const bytes = Buffer.from(body);
  command.middlewareStack.add(
    (next) => (args) => {
      const { request } = args as { request: { body?: unknown } };
      request.body = bytes;
      return next(args);
    },
    // After the SDK has written its own (empty) body, before it counts the body's length.
    { step: "build", priority: "high", name: "wireBody" },
  );
  return command;
};
