import { createHash } from "node:crypto";
import { describe, expect, it, vi } from "vitest";
import { createRequestLog, type LargeDetail, type PutDetail } from "./index.ts";
import { keeping } from "./testing/keeping.ts";

const large = { password: "x", rows: "r".repeat(300_000) };
const masked = JSON.stringify({ password: "[masked]", rows: large.rows });
const what = { bytes: masked.length, sha256: createHash("sha256").update(masked).digest("hex") };

const logged = async (putDetail?: PutDetail) => {
  const { publish, messages } = keeping();
  const log = createRequestLog({ publish, ...(putDetail ? { putDetail } : {}) })({
    logType: "web",
    organizationID: "demo",
  });
  log.event("before", "");
  log.event("exported", "all of it", { type: "note", detail: large });
  log.event("after", "");
  await log.end();
  return messages();
};

describe("a detail that no message takes", () => {
  it("is given to putDetail, masked, and its event says where it is", async () => {
    const put: LargeDetail[] = [];

    const [message] = await logged(async (detail) => {
      put.push(detail);
      return "s3://bucket/key";
    });

    expect(put).toEqual([{ organizationID: "demo", json: masked, ...what }]);
    expect(message?.events.map(({ action }) => action)).toEqual(["before", "exported", "after"]);
    expect(message?.events[1]).toMatchObject({
      description: "all of it",
      type: "note",
      detail: { stored: "s3://bucket/key", ...what },
    });
  });

  it("is said to be omitted where there is no putDetail", async () => {
    const [message] = await logged();

    expect(message?.events[1]?.detail).toEqual({ omitted: what });
  });

  it("is said to be omitted when putDetail fails", async () => {
    const [message] = await logged(() => Promise.reject(new Error("no bucket")));

    expect(message?.events[1]?.detail).toEqual({ omitted: what });
  });

  it("is said to be omitted when putDetail never answers", async () => {
    vi.useFakeTimers();
    try {
      const messages = logged(() => new Promise(() => {}));
      await vi.advanceTimersByTimeAsync(10_001);

      expect((await messages)[0]?.events[1]?.detail).toEqual({ omitted: what });
    } finally {
      vi.useRealTimers();
    }
  });
});
