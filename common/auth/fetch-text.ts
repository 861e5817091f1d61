import { request as requestHttp } from "node:http";
import { request as requestHttps } from "node:https";

const TIMEOUT_MS = 2_500;
/** A JWKS of a hundred keys has some 40 KB. */
const BYTES_MAX = 64 * 1024;

/** Whether keys may be fetched from this URL: https, or http that never leaves the machine. */
export const isTrustworthy = (url: string): boolean => {
  if (!URL.canParse(url)) return false;
  const { protocol, hostname } = new URL(url);
  return (
    protocol === "https:" ||
    (protocol === "http:" && /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname))
  );
};

const fetchOnce = (url: string, timeoutMs: number): Promise<string> =>
  new Promise((resolve, reject) => {
    const request = url.startsWith("https:") ? requestHttps : requestHttp;
    // No agent: a kept connection would be stale when Lambda thaws the process.
    const options = {
      agent: false,
      signal: AbortSignal.timeout(timeoutMs),
      headers: { accept: "application/json" },
    };
    const outgoing = request(url, options, (response) => {
      const fail = (message: string) => {
        reject(new Error(message));
        outgoing.destroy();
      };
      // A redirect is refused like anything else: the URL in the settings is the one that is trusted.
      if (response.statusCode !== 200) return fail(`expected status 200, got ${response.statusCode}`);
      const chunks: Buffer[] = [];
      let bytes = 0;
      response.on("data", (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > BYTES_MAX) fail(`expected at most ${BYTES_MAX} bytes`);
        else chunks.push(chunk);
      });
      response.on("end", () => resolve(Buffer.concat(chunks).toString("utf8")));
      response.on("error", reject);
    });
    outgoing.on("error", reject);
    outgoing.end();
  });

/** The body behind a trustworthy URL, small and quick or not at all; one attempt more if the first fails. */
export const fetchText = async (url: string, timeoutMs = TIMEOUT_MS): Promise<string> => {
  if (!isTrustworthy(url)) throw new TypeError("expected an https URL, or http on loopback");
  try {
    return await fetchOnce(url, timeoutMs);
  } catch {
    return fetchOnce(url, timeoutMs);
  }
};
