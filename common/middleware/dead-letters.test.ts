import { describe, expect, it } from "vitest";
import { AppError } from "#common/errors/app-error.ts";
import { reasonOf } from "./dead-letters.ts";

describe("the reason on a dead letter", () => {
  it("holds nothing that SQS refuses, and has at most 1,000 characters", () => {
    const reason = reasonOf(
      new AppError("MESSAGE_INVALID", {
        errors: [{ path: "/\u0000\ud800\uffff", message: "x".repeat(2_000) }],
      }),
    );

    expect(reason.length).toBe(1_000);
    expect(reason).toContain("/\ufffd\ufffd\ufffd xxx");
  });

  it("is not cut through a character", () => {
    const reason = reasonOf(new AppError("MESSAGE_INVALID", { internal: `${"😀".repeat(600)}` }));

    expect(reason.isWellFormed()).toBe(true);
  });
});
