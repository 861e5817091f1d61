import { describe } from "vitest";
import { type StartEmulator, useEmulator } from "../emulator.ts";
import { recordedConditions } from "./s3-conditions.ts";
import { recordedLocks } from "./s3-locks.ts";
import { recordedVersions } from "./s3-versions.ts";

/** S3's answers as AWS gave them to others. */
export const describeRecordedS3 = (start: StartEmulator) =>
  describe("answers that AWS gave, S3", () => {
    const clients = useEmulator(start);
    const s3 = () => clients().s3;
    recordedVersions(s3);
    recordedConditions(s3);
    recordedLocks(s3);
  });
