/** Every SDK client of this function, so that a sampled trace can show their calls. */
const clients = new Set<object>();

/**
 * Time limits and retries of every client: a call that hangs is worth less than a second try, and
 * the SDK's standard mode waits with jitter between tries. Throttled or failed entries inside a
 * successful batch call are retried by `sendInBatches`, not by the SDK.
 */
export const CLIENT_DEFAULTS = {
  maxAttempts: 4,
  requestHandler: { connectionTimeout: 1_000, requestTimeout: 2_000, throwOnRequestTimeout: true },
} as const;

let watcher: ((client: object) => void) | undefined;

export const rememberClient = <C extends object>(client: C): C => {
  clients.add(client);
  watcher?.(client);
  return client;
};

/** Shows every client there is and every one to come: most are made by the first call that needs them. */
export const watchClients = (watch: (client: object) => void): void => {
  watcher = watch;
  for (const client of clients) watch(client);
};
