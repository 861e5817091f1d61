import { describe, expect, it } from "vitest";
import { checkMessage } from "#common/logs/read-message.ts";
import { messagesOfLine } from "./messages-of-line.ts";

const messagesOf = (line: Record<string, unknown>) =>
  messagesOfLine(
    {
      id: "line-1",
      line: {
        level: "info",
        message: "request answered",
        service: "data-generator",
        time: "2026-05-05T12:00:00.100Z",
        requestId: "r-1",
        coldStart: false,
        durationMs: 100,
        ...line,
      },
    },
    "operator",
  );

const request = {
  route: "POST /data",
  organizationId: "demo",
  transactionId: "tx-1",
  caller: "ann",
  status: 202,
};

describe("the line of a request", () => {
  it("is a message with what was asked for and what was answered", () => {
    expect(messagesOf(request)).toEqual([
      {
        organizationID: "demo",
        logType: "platform",
        id: "line-1.1",
        time: "2026-05-05T12:00:00.000Z",
        transactionId: "tx-1",
        server: "data-generator",
        events: [
          {
            action: "request received",
            description: "POST /data",
            type: "request",
            time: "2026-05-05T12:00:00.000Z",
            detail: { requestId: "r-1", caller: "ann" },
          },
          {
            action: "request answered",
            description: "POST /data",
            type: "response",
            time: "2026-05-05T12:00:00.100Z",
            success: true,
            detail: { requestId: "r-1", status: 202, durationMs: 100 },
          },
        ],
      },
    ]);
  });

  it("says what was refused", () => {
    const [message] = messagesOf({ ...request, status: 403, code: "FORBIDDEN" });

    expect(message?.events[1]).toMatchObject({ success: false, detail: { status: 403, code: "FORBIDDEN" } });
  });

  it("is the operator's where it serves no organization", () => {
    expect(messagesOf({ route: "GET /health", transactionId: "tx-2" })).toMatchObject([
      { organizationID: "operator", transactionId: "tx-2" },
    ]);
  });
});

describe("the line of a batch", () => {
  it("is a message for each request that its messages come from", () => {
    const served = [
      { organizationId: "demo", transactionId: "tx-1" },
      { organizationId: "demo", transactionId: "tx-1", failed: true },
      { organizationId: "other", transactionId: "tx-1" },
    ];

    expect(messagesOf({ message: "batch processed", service: "data-persister", served })).toMatchObject([
      {
        organizationID: "demo",
        transactionId: "tx-1",
        id: "line-1.1",
        server: "data-persister",
        events: [{ action: "batch processed", type: "error", success: false, detail: { messages: 2 } }],
      },
      {
        organizationID: "other",
        transactionId: "tx-1",
        id: "line-1.2",
        events: [{ type: "note", success: true, detail: { messages: 1 } }],
      },
    ]);
  });

  it("is the operator's where no request is known", () => {
    expect(messagesOf({ message: "batch processed" })).toMatchObject([
      { organizationID: "operator", events: [{ action: "batch processed" }] },
    ]);
  });
});

describe("what was put on the bus", () => {
  it("stands with the request that it comes from, at its time", () => {
    const published = [
      { name: "event_recorded", id: "e-1", organizationId: "demo", transactionId: "tx-1", afterMs: 40 },
      { name: "event_recorded", id: "e-2", organizationId: "demo", afterMs: 50 },
    ];

    const messages = messagesOf({
      message: "batch processed",
      served: [{ organizationId: "demo", transactionId: "tx-1" }],
      published,
    });

    expect(messages).toMatchObject([
      {
        transactionId: "tx-1",
        events: [
          { action: "batch processed" },
          {
            action: "published event_recorded",
            type: "publish",
            time: "2026-05-05T12:00:00.040Z",
            detail: { id: "e-1" },
          },
        ],
      },
      { organizationID: "demo", events: [{ detail: { id: "e-2" } }] },
    ]);
    expect(messages[1]).not.toHaveProperty("transactionId");
  });
});

describe("any other line", () => {
  it.each([
    {},
    { level: "info", message: "batch entries refused", service: "a", time: "2026-05-05T12:00:00.100Z" },
    { level: "platform", requestId: "r-1", errorType: "Runtime.Killed" },
    { level: "info", message: "x", service: "a", time: "yesterday", durationMs: 1 },
    { _aws: {}, durationMs: 1 },
  ])("makes no message: %j", (line) => {
    expect(messagesOfLine({ id: "line-1", line }, "operator")).toEqual([]);
  });

  it("with fields of another form makes messages that the stream takes", () => {
    const odd = {
      ...request,
      organizationId: "../etc",
      transactionId: "no id",
      served: [{ organizationId: 7, transactionId: "tx-1" }],
      published: [{ name: "n", id: "i", organizationId: "", afterMs: 0 }],
    };

    for (const message of messagesOf(odd)) expect(checkMessage(message)).toMatchObject({ ok: true });
    expect(messagesOf(odd)).toHaveLength(1);
  });
});

it("every message is one that the stream takes", () => {
  const line = { ...request, published: [{ name: "n", id: "i", organizationId: "demo", afterMs: 1 }] };

  for (const message of messagesOf(line)) expect(checkMessage(message)).toMatchObject({ ok: true });
});
