import { describe, expect, it } from "vitest";
import { AppError } from "#common/errors/app-error.ts";
import { ok } from "#common/http/answers.ts";
import { canonicalJson } from "#common/json/canonical-json.ts";
import type { EventMessage } from "../event.ts";
import { EventMessageSchema } from "../queue/event-message.schema.ts";
import { makeAudited, type Read, type ReadRequest } from "./audited-read.ts";

const READ: ReadRequest = {
  caller: { organizationId: "demo", userId: "alice" },
  route: "GET /events",
  params: { customerId: "c1" },
  query: { type: ["opened", "closed"], limit: 25, actor: undefined },
  requestId: "r1",
  transactionId: "transaction-1",
};

const setup = (send?: (event: EventMessage) => Promise<void>) => {
  const sent: EventMessage[] = [];
  const keep = async (event: EventMessage) => {
    sent.push(event);
  };
  const wrap = makeAudited({
    send: send ?? keep,
    now: () => Date.UTC(2025, 0, 31, 12),
    recordedBy: "events-reader",
  });
  /** A read that passed its checks. */
  const audited = (request: ReadRequest, read: Read) => wrap(() => read)(request);
  return { wrap, audited, sent };
};

describe("a read that is recorded", () => {
  it("answers what was read and puts one audit event on the queue that says who read what", async () => {
    const { audited, sent } = setup();

    expect(await audited(READ, async () => ok("the answer"))).toEqual(ok("the answer"));

    expect(sent).toEqual([
      {
        organizationId: "demo",
        eventId: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-7/),
        customerId: "-",
        type: "audit",
        description: "Read GET /events",
        date: "2025-01-31T12:00:00.000Z",
        actor: "alice",
        targets: [{ type: "customer", id: "c1" }],
        detail: {
          route: "GET /events",
          filters: { customerId: "c1", type: ["opened", "closed"], limit: 25 },
          requestId: "r1",
        },
        recordedAt: "2025-01-31T12:00:00.000Z",
        recordedBy: "events-reader",
        transactionId: "transaction-1",
        salt: expect.stringMatching(/^[A-Za-z0-9_-]{22}$/),
        audit: true,
      },
    ]);
    expect(EventMessageSchema.faults(sent[0])).toEqual([]);
  });

  it("has an id and a salt of its own each time", async () => {
    const { audited, sent } = setup();

    await audited(READ, async () => ok(""));
    await audited(READ, async () => ok(""));

    expect(new Set(sent.flatMap(({ eventId, salt }) => [eventId, salt])).size).toBe(4);
  });

  it("says which customers it is about, named or not, and takes `-` and what is no id for none", async () => {
    const { audited, sent } = setup();
    const request = { ...READ, params: {}, query: { customerId: "-", about: "c2" } };

    await audited(
      request,
      Object.assign(async () => ok(""), { about: ["c3", "c2", "not an id"] }),
    );
    await audited({ ...request, query: { customerId: "-" } }, async () => ok(""));

    expect(sent.map(({ targets }) => targets)).toEqual([
      [
        { type: "customer", id: "c2" },
        { type: "customer", id: "c3" },
      ],
      undefined,
    ]);
  });

  it("shows nothing when it could not be recorded", async () => {
    const { audited } = setup(async () => {
      throw new Error("SQS is away");
    });

    const failure = await audited(READ, async () => ok("secret")).catch((error: unknown) => error);

    expect(failure).toBeInstanceOf(AppError);
    expect(failure).toMatchObject({ code: "READ_NOT_RECORDED", status: 503, retry: true });
  });

  it("fails as the read does, and is recorded all the same", async () => {
    const { audited, sent } = setup();
    const notFound = new AppError("NOT_FOUND");

    await expect(audited(READ, () => Promise.reject(notFound))).rejects.toBe(notFound);
    await expect(
      audited(READ, () => {
        throw notFound;
      }),
    ).rejects.toBe(notFound);

    expect(sent).toHaveLength(2);
  });

  it.each(["throws", "rejects"])(
    "is no read when the action refuses it: it %s, and nothing is recorded",
    async (how) => {
      const { wrap, sent } = setup();
      const refused = new AppError("INPUT_INVALID");
      const action = wrap(() => {
        if (how === "throws") throw refused;
        return Promise.reject(refused);
      });

      await expect(action(READ)).rejects.toBe(refused);

      expect(sent).toEqual([]);
    },
  );

  it("is sent beside the read and awaited before its answer", async () => {
    const order: string[] = [];
    const { audited } = setup(async () => {
      order.push("send begins");
      await new Promise((done) => setTimeout(done, 5));
      order.push("send ends");
    });

    await audited(READ, async () => {
      order.push("read");
      return ok("");
    });

    expect(order).toEqual(["send begins", "read", "send ends"]);
  });

  it("names a page that goes on from a cursor without the cursor, and mends text no chain can hold", async () => {
    const { audited, sent } = setup();

    const request = { ...READ, params: {}, query: { q: "\ud800", cursor: "sealed" } };
    await audited(request, async () => ok(""));

    expect(sent[0]?.detail).toEqual({
      route: "GET /events",
      filters: { q: "\ufffd" },
      requestId: "r1",
      continued: true,
    });
    expect(() => canonicalJson(sent[0]?.detail)).not.toThrow();
  });
});
