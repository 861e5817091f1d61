import type { IncomingHttpHeaders } from "node:http";

/** What a browser says of a request that no other site's page made. */
const OWN_SITE: ReadonlySet<string> = new Set(["same-origin", "none"]);

/**
 * Whether a browser says that a page of another origin makes this request. Requests of other programs carry
 * neither header, and are of no page.
 */
export const isOfForeignPage = (headers: IncomingHttpHeaders): boolean => {
  const site = headers["sec-fetch-site"];
  if (site !== undefined && !OWN_SITE.has(String(site))) return true;
  return headers.origin !== undefined && headers.origin !== `http://${headers.host}`;
};
