import type { IncomingMessage } from "node:http";
import type { Signature } from "./signature.ts";

type Asked = Pick<IncomingMessage, "method" | "headers">;

/** Values of `Sec-Fetch-Site` for requests that no other site's page made. */
const OWN_SITE: ReadonlySet<string> = new Set(["same-origin", "none"]);

const isOfForeignPage = ({ headers }: Asked): boolean => {
  const site = headers["sec-fetch-site"];
  if (site !== undefined && !OWN_SITE.has(String(site))) return true;
  return headers.origin !== undefined && headers.origin !== `http://${headers.host}`;
};

/**
 * A link to an object, opened as a page of its own. The page that it was clicked on cannot read the answer,
 * and reading an object changes nothing; the query protocol would let such a link change a queue.
 */
const isOpenedLink = ({ method, headers }: Asked, signature: Signature | undefined): boolean =>
  method === "GET" &&
  signature?.presigned === true &&
  signature.service === "s3" &&
  headers["x-amz-target"] === undefined &&
  headers.origin === undefined &&
  headers["sec-fetch-mode"] === "navigate" &&
  headers["sec-fetch-dest"] === "document";

/**
 * Whether a web page of another origin makes this request. The operator's credentials are public, so a
 * signature proves nothing: any page could sign a simple cross-site request.
 */
export const isRefusedPage = (request: Asked, signature: Signature | undefined): boolean =>
  isOfForeignPage(request) && !isOpenedLink(request, signature);
