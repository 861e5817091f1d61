import {
  CreateEventBusCommand,
  DeleteRuleCommand,
  DescribeEventBusCommand,
  ListRulesCommand,
  ListTargetsByRuleCommand,
  PutEventsCommand,
  type PutEventsRequestEntry,
  PutRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
  TestEventPatternCommand,
} from "@aws-sdk/client-eventbridge";
import { CreateQueueCommand, DeleteQueueCommand } from "@aws-sdk/client-sqs";
import { describe, expect, it } from "vitest";
import { failureOf } from "../testing/port.ts";
import { freshName, receiveMessages, type StartEmulator, useEmulator } from "./emulator.ts";
import { PATTERN_FACTS } from "./recorded/patterns.ts";

const queueArn = (name: string) => `arn:aws:sqs:us-east-1:000000000000:${name}`;

/** What the platform needs of EventBridge. */
export const describeEventBridge = (start: StartEmulator) =>
  describe("EventBridge", () => {
    const clients = useEmulator(start);
    const entry = (more: Partial<PutEventsRequestEntry> = {}): PutEventsRequestEntry => ({
      Source: "millrace.test",
      DetailType: "Happened",
      Detail: JSON.stringify({ n: 1 }),
      ...more,
    });
    const put = (Entries: PutEventsRequestEntry[]) =>
      clients().events.send(new PutEventsCommand({ Entries }));
    const make = async (pattern: object, target = {}) => {
      const name = freshName("rule");
      await clients().events.send(new CreateEventBusCommand({ Name: name }));
      const { QueueUrl = "" } = await clients().sqs.send(new CreateQueueCommand({ QueueName: name }));
      await clients().events.send(
        new PutRuleCommand({ Name: name, EventBusName: name, EventPattern: JSON.stringify(pattern) }),
      );
      await clients().events.send(
        new PutTargetsCommand({
          Rule: name,
          EventBusName: name,
          Targets: [{ Id: "queue", Arn: queueArn(name), ...target }],
        }),
      );
      return { bus: name, QueueUrl };
    };
    const bodies = async (QueueUrl: string, count: number): Promise<unknown[]> =>
      (await receiveMessages(clients(), QueueUrl, count)).map(({ Body = "" }) => JSON.parse(Body));

    it("delivers what matches a rule, in its envelope", async () => {
      const { bus, QueueUrl } = await make({
        source: ["millrace.test"],
        detail: { n: [{ numeric: [">", 1] }] },
      });
      const Time = new Date("2026-01-02T03:04:05Z");

      const { Entries = [], FailedEntryCount } = await put([
        entry({ EventBusName: bus }),
        entry({ EventBusName: bus, Detail: JSON.stringify({ n: 2 }), Time, Resources: ["arn:x"] }),
      ]);

      expect(FailedEntryCount).toBe(0);
      expect(await bodies(QueueUrl, 1)).toEqual([
        {
          version: "0",
          id: Entries[1]?.EventId,
          "detail-type": "Happened",
          source: "millrace.test",
          account: "000000000000",
          time: "2026-01-02T03:04:05Z",
          region: "us-east-1",
          resources: ["arn:x"],
          detail: { n: 2 },
        },
      ]);
    });

    it("answers an event id for a dead target and for a bus that is not there", async () => {
      const { bus, QueueUrl } = await make({ source: ["millrace.test"] });
      const other = await make({ source: ["millrace.test"] });
      await clients().sqs.send(new DeleteQueueCommand({ QueueUrl }));

      const { FailedEntryCount, Entries = [] } = await put([
        entry({ EventBusName: bus }),
        entry({ EventBusName: `${bus}-nowhere` }),
        entry({ EventBusName: other.bus }),
      ]);

      expect(FailedEntryCount).toBe(0);
      expect(Entries.every(({ EventId }) => EventId)).toBe(true);
      expect(await bodies(other.QueueUrl, 1)).toMatchObject([{ id: Entries[2]?.EventId }]);
    });

    it("the dead-letter queue of a target gets the event, and why", async () => {
      const dead = freshName("dead");
      const { QueueUrl: DeadUrl = "" } = await clients().sqs.send(
        new CreateQueueCommand({ QueueName: dead }),
      );
      const { bus, QueueUrl } = await make(
        { source: ["millrace.test"] },
        { InputPath: "$.detail", DeadLetterConfig: { Arn: queueArn(dead) } },
      );
      await clients().sqs.send(new DeleteQueueCommand({ QueueUrl }));

      const { Entries = [] } = await put([entry({ EventBusName: bus })]);

      const [letter] = await receiveMessages(clients(), DeadUrl, 1);
      expect(JSON.parse(letter?.Body ?? "")).toMatchObject({ id: Entries[0]?.EventId, detail: { n: 1 } });
      const texts = Object.entries(letter?.MessageAttributes ?? {}).map(([name, value]) => [
        name,
        value.StringValue,
      ]);
      expect(Object.fromEntries(texts)).toEqual({
        RULE_ARN: `arn:aws:events:us-east-1:000000000000:rule/${bus}/${bus}`,
        TARGET_ARN: queueArn(bus),
        ERROR_CODE: "NO_RESOURCE",
        ERROR_MESSAGE: "The specified queue does not exist.",
        RETRY_ATTEMPTS: "0",
      });
    });

    it("fills a target's template", async () => {
      const { bus, QueueUrl } = await make(
        { source: ["millrace.test"] },
        { InputTransformer: { InputPathsMap: { n: "$.detail.n" }, InputTemplate: '{"number": <n>}' } },
      );

      await put([entry({ EventBusName: bus })]);

      expect(await bodies(QueueUrl, 1)).toEqual([{ number: 1 }]);
    });

    it("reports failures entry by entry, in the order of the entries", async () => {
      const { FailedEntryCount, Entries = [] } = await put([
        entry(),
        entry({ Detail: "{not json" }),
        entry({ Source: "" }),
        entry({ Source: "aws.s3" }),
        entry({ DetailType: "x".repeat(129) }),
      ]);

      expect(FailedEntryCount).toBe(4);
      expect(Entries.map(({ ErrorCode }) => ErrorCode)).toEqual([
        undefined,
        "MalformedDetail",
        "InvalidArgument",
        "NotAuthorizedForSourceException",
        "InvalidArgument",
      ]);
    });

    it("takes ten entries below a megabyte and no more", async () => {
      const detail = JSON.stringify({ text: "x".repeat(104_000) });

      await put(Array.from({ length: 10 }, () => entry({ Detail: detail })));

      expect((await failureOf(put(Array.from({ length: 11 }, () => entry())))).name).toBe(
        "ValidationException",
      );
      const big = JSON.stringify({ text: "x".repeat(110_000) });
      expect((await failureOf(put(Array.from({ length: 10 }, () => entry({ Detail: big }))))).name).toBe(
        "ValidationException",
      );
    });

    it("keeps, lists and removes rules", async () => {
      const { bus } = await make({ source: ["x"] });
      const Rule = bus;
      const { Rules = [] } = await clients().events.send(new ListRulesCommand({ EventBusName: bus }));
      const { Targets = [] } = await clients().events.send(
        new ListTargetsByRuleCommand({ Rule, EventBusName: bus }),
      );
      expect(Rules.map(({ Name }) => Name)).toEqual([bus]);
      expect(Targets.map(({ Id }) => Id)).toEqual(["queue"]);

      const early = await failureOf(
        clients().events.send(new DeleteRuleCommand({ Name: Rule, EventBusName: bus })),
      );
      await clients().events.send(new RemoveTargetsCommand({ Rule, EventBusName: bus, Ids: ["queue"] }));
      await clients().events.send(new DeleteRuleCommand({ Name: Rule, EventBusName: bus }));

      expect(early.name).toBe("ValidationException");
      expect((await clients().events.send(new ListRulesCommand({ EventBusName: bus }))).Rules).toEqual([]);
    });

    const testPattern = (EventPattern: string, Event: string) =>
      clients().events.send(new TestEventPatternCommand({ Event, EventPattern }));
    const ENVELOPE = {
      id: "1",
      source: "test-source",
      "detail-type": "test-detail-type",
      account: "123456789012",
      region: "us-east-2",
      time: "2022-07-13T13:48:01Z",
    };

    it.each(PATTERN_FACTS)("answers about a pattern as AWS does: %s", async (_, pattern, event, verdict) => {
      const answer = testPattern(JSON.stringify(pattern), JSON.stringify({ ...ENVELOPE, ...event }));

      if (typeof verdict === "boolean") expect((await answer).Result).toBe(verdict);
      else {
        const { name, error } = await failureOf(answer);
        expect(name).toBe("InvalidEventPatternException");
        expect(error.message).toBe(`Event pattern is not valid. Reason: ${verdict}`);
      }
    });

    it("compares numbers by their value, and takes the last of two equal names", async () => {
      const event = (more: string) => `${JSON.stringify(ENVELOPE).slice(0, -1)},${more}}`;

      expect((await testPattern('{"number":[300]}', event('"number":300.0'))).Result).toBe(true);
      const twice = '{"place":[{"prefix":"us-"}],"place":[{"anything-but":"us-east"}]}';
      expect((await testPattern(twice, event('"place":"eu-central-1"'))).Result).toBe(true);
    });

    it.each(["no json", '["a list"]'])("refuses an event that is none: %s", async (event) => {
      const { name, error } = await failureOf(testPattern('{"source":["a"]}', event));

      expect([name, error.message]).toEqual(["ValidationException", "Parameter Event is not valid."]);
    });

    it.each(["no json", "{'a':['b']}", '["a list"]', ""])(
      "refuses a pattern that is none: %s",
      async (pattern) => {
        const { name } = await failureOf(testPattern(pattern, JSON.stringify(ENVELOPE)));

        expect(["InvalidEventPatternException", "ValidationException"]).toContain(name);
      },
    );

    it("tests patterns, refuses those that are none, and buses that are not there", async () => {
      const Event = JSON.stringify({ source: "a", detail: { ip: "10.1.2.3" } });
      const test = (EventPattern: string) =>
        clients().events.send(new TestEventPatternCommand({ Event, EventPattern }));

      expect((await test('{"detail":{"ip":[{"cidr":"10.0.0.0/8"}]}}')).Result).toBe(true);
      expect((await test('{"detail":{"ip":[{"cidr":"11.0.0.0/8"}]}}')).Result).toBe(false);
      expect((await failureOf(test('{"source":"a"}'))).name).toBe("InvalidEventPatternException");
      const nowhere = clients().events.send(new DescribeEventBusCommand({ Name: "nowhere" }));
      expect((await failureOf(nowhere)).name).toBe("ResourceNotFoundException");
    });
  });
