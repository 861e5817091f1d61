import type { IncomingMessage } from "node:http";
import { isOfForeignPage } from "../../foreign-page.ts";
import type { Signature } from "./signature.ts";

type Asked = Pick<IncomingMessage, "method" | "headers">;

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
  isOfForeignPage(request.headers) && !isOpenedLink(request, signature);
