/** Recorded answers that are known to differ here, and why. */
export type Difference = { service: string; source: string; answers: string; why: string };

export const DIFFERENCES: readonly Difference[] = [
  {
    service: "S3",
    source: "every test that puts or reads an object",
    answers: "`ServerSideEncryption: AES256`",
    why: "Nothing is encrypted here, and no header says that it is.",
  },
  {
    service: "S3",
    source: "tests recorded before November 2025",
    answers: "`DisplayName` of owners and initiators",
    why: "AWS no longer sends it.",
  },
  {
    service: "S3",
    source: "`test_multipart_parts_checksum_exceptions_full_object`",
    answers: "`complete-part-good-checksum-no-type` and four more (`BadDigest`)",
    why: "The recording does not hold what was sent. Here a checksum of the whole is taken if it is right, and refused with the same code if not.",
  },
  {
    service: "S3",
    source: "`test_s3_checksum_no_automatic_sdk_calculation`",
    answers: "`head-obj-diff-checksum-algo`",
    why: "AWS takes two algorithms that contradict each other from a presigned URL. Here that is refused, as AWS does with signed headers.",
  },
  {
    service: "S3",
    source: "`test_object_tagging_exc`",
    answers: "`Key` in `get-no-key-tags`",
    why: "AWS puts the bucket before the key in this one answer.",
  },
  {
    service: "S3",
    source: "`test_user_metadata_rfc2047_encoded` and its kin",
    answers: "metadata beyond ASCII",
    why: "It comes back as it was sent, not as an encoded word.",
  },
  {
    service: "S3",
    source:
      "tests of ACLs, policies, encryption, websites, CORS, lifecycle, logging, ownership, public access, metrics, acceleration, bucket tags, POST forms, customer keys",
    answers: "all",
    why: "These are refused with 501 or 404: no part of the platform uses them.",
  },
];
