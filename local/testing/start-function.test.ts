import { describe, expect, it } from "vitest";
import { startFunction } from "./start-function.ts";

const recorder = await startFunction("events-recorder");
const authorizer = { userId: "ann", organizationId: "demo", roles: "events.write", expiresAt: "4000000000" };
const event = { customerId: "c1", type: "opened", description: "Customer opened an account" };
const post = () => recorder.ask({ route: "POST /events", body: event, authorizer });

describe("a started function", () => {
  it("answers, and what it put on a queue is taken off", async () => {
    const { status, json } = await post();

    expect(status).toBe(202);
    expect(await recorder.sent("events")).toMatchObject([{ eventId: json.eventIds[0], customerId: "c1" }]);
    expect(await recorder.sent("events")).toEqual([]);
  });

  it.each([1, 2])("finds its queue empty at the beginning of a test, %d", async () => {
    expect(await recorder.sent("events")).toEqual([]);
    await post();
  });

  it("is refused what a test says, and only in that test", async () => {
    recorder.refuse("sqs:SendMessage");

    expect((await post()).json.code).toBe("EVENTS_NOT_QUEUED");
  });

  it("has the rights and the environment of its manifest", async () => {
    expect((await post()).status).toBe(202);
    expect(process.env.EVENTS_QUEUE_URL).toBe(`${recorder.port.url}/000000000000/millrace-local-events`);
    expect(process.env).not.toHaveProperty("LAKE_BUCKET");
  });

  it("must be a function that there is", async () => {
    await expect(startFunction("no-such")).rejects.toThrow("no function no-such in functions/");
  });
});
