import type { Answer } from "../port/service.ts";
import { element, wrap } from "../port/xml.ts";
import { ownerElement, timeElement, xmlAnswer } from "./answers.ts";
import { countIn, tokenIn, tokenOf } from "./list-parameters.ts";
import type { S3Request } from "./request.ts";
import type { S3 } from "./s3.ts";

const BUCKETS_MAX = 10_000;

export const listBuckets = (s3: S3, { call, query }: S3Request): Answer => {
  call.authorize("s3:ListAllMyBuckets", s3.arns.bucket("*"));
  const prefix = query.get("prefix");
  const max = countIn(query.get("max-buckets") ?? undefined, "max-buckets", BUCKETS_MAX);
  const after = tokenIn(query.get("continuation-token") ?? "");
  const region = query.get("bucket-region");
  const found =
    region !== null && region !== s3.arns.region
      ? []
      : s3.buckets.all().filter(({ name }) => name.startsWith(prefix ?? "") && name > after);
  const page = found.slice(0, max);
  const last = page.at(-1);
  return xmlAnswer(
    "ListAllMyBucketsResult",
    wrap(
      "Buckets",
      page
        .map(({ name, created }) =>
          wrap(
            "Bucket",
            element("Name", name) +
              timeElement("CreationDate", created) +
              element("BucketRegion", s3.arns.region) +
              element("BucketArn", s3.arns.bucket(name)),
          ),
        )
        .join(""),
    ) +
      ownerElement("Owner", s3.arns.account) +
      (page.length < found.length && last ? element("ContinuationToken", tokenOf(last.name)) : "") +
      element("Prefix", prefix ?? undefined),
  );
};
