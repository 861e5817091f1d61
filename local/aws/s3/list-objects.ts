import type { Answer } from "../port/service.ts";
import { element } from "../port/xml.ts";
import { ownerElement, xmlAnswer } from "./answers.ts";
import {
  delimiterElement,
  encodingElement,
  keyElement,
  listParameters,
  prefixElements,
} from "./list-parameters.ts";
import { contents, nextOf, pageOf } from "./object-pages.ts";
import type { S3Request } from "./request.ts";
import type { S3 } from "./s3.ts";

export const listObjects = (s3: S3, request: S3Request): Answer => {
  const { query } = request;
  const { name } = s3.authorizeBucket(request, "ListBucket");
  const parameters = listParameters(query, "max-keys");
  const marker = query.get("marker") ?? "";
  const page = pageOf(s3, name, parameters, marker);
  const next = nextOf(page);
  return xmlAnswer(
    "ListBucketResult",
    element("Name", name) +
      keyElement("Prefix", parameters.prefix, parameters) +
      keyElement("Marker", marker, parameters) +
      // Without a delimiter S3 sends no NextMarker, because the last key is the next marker.
      (next === undefined || parameters.delimiter === "" ? "" : keyElement("NextMarker", next, parameters)) +
      element("MaxKeys", parameters.max) +
      delimiterElement(parameters) +
      encodingElement(parameters) +
      element("IsTruncated", page.truncated) +
      contents(page, parameters, ownerElement("Owner", s3.arns.account)) +
      prefixElements(page.prefixes, parameters),
  );
};
