import { describe, expect, it } from "vitest";
import { AppError } from "#common/errors/app-error.ts";
import { readMessage, textOfRecord } from "./read-message.ts";

const event = { action: "a", description: "b" };
const message = (more: object = {}) => ({ organizationID: "demo", logType: "web", events: [event], ...more });

const refusal = (text: string): { code: string; paths: string[] } => {
  try {
    readMessage(text);
  } catch (error) {
    if (error instanceof AppError) {
      return { code: error.code, paths: (error.errors ?? []).map(({ path }) => path) };
    }
  }
  return { code: "", paths: [] };
};

describe("a message", () => {
  it.each([
    ["organizations that leave their folder", { organizationID: "../etc" }, ["/organizationID"]],
    ["an organization with =", { organizationID: "a=b" }, ["/organizationID"]],
    ["an escaped organization", { organizationID: "%2e" }, ["/organizationID"]],
    ["an empty organization", { organizationID: "" }, ["/organizationID"]],
    ["null as organization", { organizationID: null }, ["/organizationID"]],
    ["7 as organization", { organizationID: 7 }, ["/organizationID"]],
    ["an organization of 300 characters", { organizationID: "a".repeat(300) }, ["/organizationID"]],
    ["a type that is not known", { logType: "mobile" }, ["/logType"]],
    ["a type that every object has", { logType: "constructor" }, ["/logType"]],
    ["no events", { events: [] }, ["/events"]],
    ["1,001 events", { events: Array(1_001).fill(event) }, ["/events"]],
    ["a detail that is no object", { events: [{ ...event, detail: [1] }] }, ["/events/0/detail"]],
    ["a time that is none", { time: "yesterday" }, ["/time"]],
    ["the 29th of February 2025", { time: "2025-02-29T00:00:00Z" }, ["/time"]],
    [
      "a leap second of an event",
      { events: [{ ...event, time: "2016-12-31T23:59:60Z" }] },
      ["/events/0/time"],
    ],
    ["a server of 101 characters", { server: "s".repeat(101) }, ["/server"]],
    ["an id that is none", { transactionId: "a b" }, ["/transactionId"]],
    [
      "several faults",
      { logType: "x", server: 2, events: [{}] },
      ["/events/0/action", "/events/0/description", "/logType", "/server"],
    ],
  ])("with %s is refused, with every place", (_, more, paths) => {
    const found = refusal(JSON.stringify(message(more)));

    expect(found.code).toBe("MESSAGE_INVALID");
    expect(found.paths.toSorted()).toEqual(paths);
  });

  it("may have two joined UUIDs as transaction id, 1,000 events, and fields of its own", () => {
    const uuid = "0199aa5b-1a2b-7abc-8def-001122334455";
    const text = JSON.stringify(
      message({ transactionId: `${uuid}-${uuid}`, events: Array(1_000).fill(event), more: [] }),
    );

    expect(readMessage(text)).toMatchObject({ more: [] });
  });

  it.each([
    ["no JSON", "{", "MESSAGE_NOT_JSON"],
    ["an array", "[]", "MESSAGE_INVALID"],
    [
      "a field twice",
      '{"organizationID":"a","organizationID":"b","logType":"web","events":[]}',
      "MESSAGE_INVALID",
    ],
    ["a lone surrogate", JSON.stringify(message({ server: "\ud800" })), "MESSAGE_INVALID"],
    ["256 KB of nested arrays", "[".repeat(131_072) + "]".repeat(131_072), "MESSAGE_INVALID"],
  ])("that is %s is refused", (_, text, code) => {
    expect(refusal(text).code).toBe(code);
  });

  it("of bytes that are no UTF-8 is refused", () => {
    expect(() => textOfRecord(Buffer.from([0x7b, 0xff, 0x7d]))).toThrow(AppError);
  });
});
