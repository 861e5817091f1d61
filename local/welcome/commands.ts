import { join, relative, resolve } from "node:path";

const root = resolve(import.meta.dirname, "../..");

/** Who the printed commands act as, and who the demo acts as. */
export const SAMPLE_USER = {
  sub: "alice",
  organizationId: "demo",
  roles: ["data.read", "data.write", "events.read", "events.write", "logs.read", "logs.write"],
};

/** The folder as it is typed in the project's folder. */
export const typedFolder = (folder: string): string => {
  const inside = relative(root, resolve(folder));
  return inside === "" || inside.startsWith("..") ? resolve(folder) : inside;
};

const quoted = (text: string): string =>
  /^[\w./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;

/** A line of shell that sets `TOKEN`. Keys in another folder than `.millrace` have to be named. */
export const tokenLine = (dataFolder: string): string => {
  const { sub, organizationId, roles } = SAMPLE_USER;
  const isUsual = resolve(dataFolder) === join(root, ".millrace");
  const data = isUsual ? "" : ` --data ${quoted(typedFolder(dataFolder))}`;
  return `TOKEN=$(npm run -s token -- --sub ${sub} --organization ${organizationId} --role ${roles.join(",")}${data})`;
};

/** A `curl` that sends `$TOKEN`. The URL is quoted, because `?` and `&` mean something to a shell; answers end no line. */
export const curl = (url: string, path: string, more = ""): string =>
  `curl -sw '\\n' ${more}"${url}${path}" -H "authorization: Bearer $TOKEN"`;

const send = (method: string, url: string, path: string, body: unknown): string =>
  `${curl(url, path, `-X ${method} `)} -d '${JSON.stringify(body)}'`;

/**
 * A command for each thing that can be done. Writing commands come first, so that the others find it when all
 * are pasted at once.
 */
export const sampleCommands = (url: string): string[] => [
  send("POST", url, "/data", { informationOne: "aaa23" }),
  send("POST", url, "/events", {
    customerId: "c1",
    type: "account_closed",
    description: "Customer closed the account",
  }),
  send("PUT", url, "/customers/c1", { name: "Zoë Müller" }),
  send("POST", url, "/logs", {
    logType: "web",
    transactionId: "tx-1",
    server: "dspweb",
    events: [{ action: "received request", description: "on web" }],
  }),
  curl(url, "/data"),
  curl(url, "/events?customerId=c1&q=closed"),
  curl(url, "/customers?q=muller"),
  curl(url, "/events/verify"),
  curl(url, "/logs/traces/tx-1"),
];
