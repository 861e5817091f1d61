/** What a command of the SDK has that takes middleware. */
type Command = {
  middlewareStack: {
    add(
      middleware: (next: (args: never) => Promise<unknown>) => (args: never) => Promise<unknown>,
      options: { step: "deserialize"; priority: "low"; name: string },
    ): void;
  };
};

type RawResult = { response: { statusCode: number; body?: unknown } };

const textOfBody = async (body: unknown): Promise<string> => {
  const parts: Uint8Array[] = [];
  for await (const part of body as AsyncIterable<Uint8Array>) parts.push(part);
  return Buffer.concat(parts).toString("utf8");
};

/**
 * Keeps a good answer of a command as the JSON text that came, and gives the SDK an empty one in its place: the SDK
 * would walk every attribute of every item to convert it. Failures are the SDK's, as ever.
 */
export const withRawAnswer = <C extends Command>(command: C): { command: C; text: () => string } => {
  let answer = "{}";
  command.middlewareStack.add(
    (next) => async (args) => {
      const result = (await next(args)) as RawResult;
      const { response } = result;
      if (response.statusCode !== 200) return result;
      answer = await textOfBody(response.body);
      response.body = Buffer.from("{}");
      return result;
    },
    // Next to the network: before the SDK reads the body.
    { step: "deserialize", priority: "low", name: "rawAnswer" },
  );
  return { command, text: () => answer };
};
