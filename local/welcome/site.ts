import type { Site } from "../gateway/front-door.ts";
import { sampleCommands } from "./commands.ts";
import { welcomePage } from "./page.ts";
import { type WelcomeOptions, welcome } from "./welcome.ts";

/**
 * `GET /` of the front door: what this is and where to look, as a page for a browser and as JSON for others.
 * It is the local front door's own route: no function answers it, and a deployed API has none.
 */
export const welcomeSite = (options: WelcomeOptions): Site => {
  const answer = welcome(options);
  const page = welcomePage(answer, sampleCommands(options.url));
  const json = `${JSON.stringify(answer, null, 2)}\n`;
  const isTaken = options.routes.some(({ method, resource }) => method === "GET" && resource === "/");
  return {
    // A function's own `GET /` answers as it does on AWS. Other names of this machine, such as go.localhost, belong
    // to other sites.
    claims: (hostname, path, method) =>
      !isTaken &&
      /^(localhost|127\.[\d.]+)$/i.test(hostname) &&
      /^\/(\?|$)/.test(path) &&
      /^(GET|HEAD)$/.test(method),
    handle: ({ headers: { accept = "" } }, requestId) => {
      const isBrowser = accept.includes("text/html");
      const type = isBrowser ? "text/html; charset=utf-8" : "application/json";
      const security = ["content-security-policy", "default-src 'none'; style-src 'unsafe-inline'"];
      return {
        status: 200,
        headers: ["content-type", type, "vary", "accept", "x-request-id", requestId, ...security],
        body: isBrowser ? page : json,
      };
    },
  };
};
