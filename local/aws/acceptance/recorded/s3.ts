import type { S3Client } from "@aws-sdk/client-s3";
import { describe } from "vitest";
import { type StartEmulator, useEmulator } from "../emulator.ts";
import { recordedCompletions } from "./s3-completions.ts";
import { recordedConditions } from "./s3-conditions.ts";
import { recordedLists } from "./s3-lists.ts";
import { recordedLocks } from "./s3-locks.ts";
import { recordedMarkerLists } from "./s3-marker-lists.ts";
import { recordedObjects } from "./s3-objects.ts";
import { recordedRetention } from "./s3-retention.ts";
import { recordedTags } from "./s3-tags.ts";
import { recordedUploads } from "./s3-uploads.ts";
import { recordedVersions } from "./s3-versions.ts";

const THEMES: ((s3: () => S3Client) => void)[] = [
  recordedVersions,
  recordedConditions,
  recordedLocks,
  recordedRetention,
  recordedLists,
  recordedMarkerLists,
  recordedUploads,
  recordedCompletions,
  recordedObjects,
  recordedTags,
];

/** Tests S3 against the answers that LocalStack recorded from AWS. */
export const describeRecordedS3 = (start: StartEmulator) =>
  describe("answers that AWS gave, S3", () => {
    const clients = useEmulator(start);
    for (const theme of THEMES) theme(() => clients().s3);
  });
