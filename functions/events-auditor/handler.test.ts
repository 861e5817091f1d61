import { describe, expect, it } from "vitest";
import { eventMessage } from "#common/events/testing/events.ts";
import { lambdaContext, sqsEvent } from "#common/testing/lambda-events.ts";
import { captureOutput } from "#common/testing/output.ts";
import { useFunctionPort } from "#local/testing/function-port.ts";

useFunctionPort("events-auditor");
const audit = (number: number) =>
  JSON.stringify(eventMessage(number, { type: "audit", customerId: "-", audit: true }));

describe("the auditor's answers", () => {
  it("none failed: the audit events stand in their chain, with the rights that the function has", async () => {
    const { handler } = await import("./handler.ts");

    const answer = await handler(sqsEvent([audit(1), audit(2)]), lambdaContext());

    expect(answer).toEqual({ batchItemFailures: [] });
    // The same again is nothing new.
    expect(await handler(sqsEvent([audit(2)]), lambdaContext())).toEqual({ batchItemFailures: [] });
  });

  it("what is no event is kept as a dead letter and acknowledged, and is an alarm: a read that no chain shows", async () => {
    const { handler } = await import("./handler.ts");
    const output = captureOutput();
    const lone = audit(3).replace("Number 3", "\\ud800");

    expect(await handler(sqsEvent(["{", lone]), lambdaContext())).toEqual({ batchItemFailures: [] });

    expect(output.metrics()[0]).toMatchObject({ AuditRejected: 2, MessagesRejected: 2 });
    expect(output.lines()).toContainEqual(
      expect.objectContaining({ level: "error", message: "audit event rejected", rejected: 2 }),
    );
  });
});
