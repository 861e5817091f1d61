/** Every SDK client of this function, so that a sampled trace can show their calls. */
const clients = new Set<object>();

/**
 * Time limits and retries of every client: a call that hangs is worth less than a second try, and
 * the SDK's standard mode waits with jitter between tries. Throttled or failed entries inside a
 * successful batch call are not its business; `sendInBatches` has those.
 */
export const CLIENT_DEFAULTS = {
  maxAttempts: 4,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true },
} as const;

export const rememberClient = <C extends object>(client: C): C => {
  clients.add(client);
  return client;
};

export const rememberedClients = (): Iterable<object> => clients;
