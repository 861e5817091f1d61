import type { Answer } from "../port/service.ts";
import { element } from "../port/xml.ts";
import { ownerElement, xmlAnswer } from "./answers.ts";
import { s3Errors } from "./errors.ts";
import {
  delimiterElement,
  encodingElement,
  keyElement,
  listParameters,
  prefixElements,
  tokenIn,
  tokenOf,
} from "./list-parameters.ts";
import { contents, nextOf, pageOf } from "./object-pages.ts";
import type { S3Request } from "./request.ts";
import type { S3 } from "./s3.ts";

export const listObjectsV2 = (s3: S3, request: S3Request): Answer => {
  const { query } = request;
  const { name } = s3.authorizeBucket(request, "ListBucket");
  const parameters = listParameters(query, "max-keys");
  const token = query.get("continuation-token");
  if (token === "") {
    throw s3Errors.invalidArgument("The continuation token provided is incorrect", "continuation-token");
  }
  const startAfter = query.get("start-after");
  const page = pageOf(s3, name, parameters, token === null ? (startAfter ?? "") : tokenIn(token));
  const next = nextOf(page);
  const owner = query.get("fetch-owner") === "true" ? ownerElement("Owner", s3.arns.account) : "";
  return xmlAnswer(
    "ListBucketResult",
    element("Name", name) +
      keyElement("Prefix", parameters.prefix, parameters) +
      element("ContinuationToken", token ?? undefined) +
      element("NextContinuationToken", next === undefined ? undefined : tokenOf(next)) +
      (startAfter === null || token !== null ? "" : keyElement("StartAfter", startAfter, parameters)) +
      element("KeyCount", page.entries.length + page.prefixes.length) +
      element("MaxKeys", parameters.max) +
      delimiterElement(parameters) +
      encodingElement(parameters) +
      element("IsTruncated", page.truncated) +
      contents(page, parameters, owner) +
      prefixElements(page.prefixes, parameters),
  );
};
