import {
  CreateEventBusCommand,
  DeleteEventBusCommand,
  DescribeEventBusCommand,
  DescribeRuleCommand,
  DisableRuleCommand,
  EnableRuleCommand,
  ListEventBusesCommand,
  ListRulesCommand,
  ListTargetsByRuleCommand,
  PutEventsCommand,
  PutRuleCommand,
  PutTargetsCommand,
  type Target,
} from "@aws-sdk/client-eventbridge";
import { CreateQueueCommand } from "@aws-sdk/client-sqs";
import { describe, expect, it } from "vitest";
import { failureOf } from "../testing/port.ts";
import { freshName, receiveMessages, type StartEmulator, useEmulator } from "./emulator.ts";
import { FILLED_INPUTS, REFUSED_SCHEDULES, REFUSED_TARGETS, TAKEN_SCHEDULES } from "./recorded/targets.ts";

const queueArn = (name: string) => `arn:aws:sqs:us-east-1:000000000000:${name}`;
const DETAIL = { command: "update-account", payload: { acc_id: "0a787ecb-4015", sf_id: "baz" } };

const required = (name: string) => `Parameter ${name} is not valid. Reason: ${name} is a required argument.`;

/** What AWS was recorded to answer. */
export const describeRecordedEventBridge = (start: StartEmulator) =>
  describe("EventBridge, as it was recorded", () => {
    const clients = useEmulator(start);
    const makeBus = async (Name = freshName("bus")) => {
      await clients().events.send(new CreateEventBusCommand({ Name }));
      return Name;
    };
    const makeRule = async (bus: string, Name = freshName("rule")) => {
      const EventPattern = JSON.stringify({ source: ["recorded"] });
      await clients().events.send(new PutRuleCommand({ Name, EventBusName: bus, EventPattern }));
      return Name;
    };
    const putTargets = (EventBusName: string, Rule: string, Targets: Target[]) =>
      clients().events.send(new PutTargetsCommand({ EventBusName, Rule, Targets }));

    it.each(FILLED_INPUTS)("gives a target its input: %s", async (_, target, expected) => {
      const bus = await makeBus();
      const rule = await makeRule(bus);
      const { QueueUrl = "" } = await clients().sqs.send(new CreateQueueCommand({ QueueName: rule }));
      await putTargets(bus, rule, [{ Id: "queue", Arn: queueArn(rule), ...target }]);

      const { Entries = [] } = await clients().events.send(
        new PutEventsCommand({
          Entries: [
            {
              EventBusName: bus,
              Source: "recorded",
              DetailType: "command",
              Detail: JSON.stringify(DETAIL),
              Time: new Date("2024-06-11T08:33:10Z"),
            },
          ],
        }),
      );

      const [message] = await receiveMessages(clients(), QueueUrl, 1);
      const body = (message?.Body ?? "")
        .replaceAll(bus, "<bus>")
        .replaceAll(rule, "<rule>")
        .replaceAll(Entries[0]?.EventId ?? "", "<id>")
        .replaceAll(/20(?!24)\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ/g, "<ingested>");
      expect(typeof expected === "string" ? body : JSON.parse(body)).toEqual(expected);
    });

    it.each(REFUSED_TARGETS)("refuses a target: %s", async (_, target, reason) => {
      const bus = await makeBus();
      const rule = await makeRule(bus);

      const { name, error } = await failureOf(
        putTargets(bus, rule, [{ Id: "one", Arn: queueArn("any"), ...target }]),
      );

      expect([name, error.message]).toEqual(["ValidationException", reason]);
    });

    it.each<[string, object, string, string]>([
      ["without a source", { Source: undefined }, "InvalidArgument", required("Source")],
      ["without a type", { DetailType: undefined }, "InvalidArgument", required("DetailType")],
      ["without a detail", { Detail: undefined }, "InvalidArgument", required("Detail")],
      ["whose detail is a text", { Detail: "text" }, "MalformedDetail", "Detail is malformed."],
      ["whose detail is a text of JSON", { Detail: '"text"' }, "MalformedDetail", "Detail is malformed."],
      ["whose detail is a list", { Detail: '["a"]' }, "MalformedDetail", "Detail is malformed."],
      ["whose detail is no JSON", { Detail: '{"a":' }, "MalformedDetail", "Detail is malformed."],
    ])("does not take an event %s", async (_, more, ErrorCode, ErrorMessage) => {
      const entry = { Source: "recorded", DetailType: "command", Detail: "{}", ...more };

      const { FailedEntryCount, Entries } = await clients().events.send(
        new PutEventsCommand({ Entries: [entry] }),
      );

      expect([FailedEntryCount, Entries]).toEqual([1, [{ ErrorCode, ErrorMessage }]]);
    });

    it("takes five targets of a rule and no more", async () => {
      const bus = await makeBus();
      const rule = await makeRule(bus);
      const targets = (from: number, to: number) =>
        Array.from({ length: to - from }, (_, index) => ({ Id: `${from + index}`, Arn: queueArn("any") }));

      await putTargets(bus, rule, targets(0, 5));
      // A target with the id of an earlier one replaces it.
      await putTargets(bus, rule, targets(4, 5));
      const { name, error } = await failureOf(putTargets(bus, rule, targets(5, 6)));

      expect([name, error.message]).toEqual([
        "LimitExceededException",
        "The requested resource exceeds the maximum number allowed.",
      ]);
      const { Targets = [] } = await clients().events.send(
        new ListTargetsByRuleCommand({ EventBusName: bus, Rule: rule }),
      );
      expect(Targets).toHaveLength(5);
    });

    it("lists buses, rules and targets by pages", async () => {
      const prefix = freshName("paged");
      const names = ["0", "1", "2", "3", "4", "5"].map((index) => `${prefix}-${index}`);
      const [first = ""] = names;
      for (const name of names) await makeBus(name);
      for (const name of names) await makeRule(first, name);
      await putTargets(
        first,
        first,
        names.slice(0, 5).map((Id) => ({ Id, Arn: queueArn("any") })),
      );
      const bus = { EventBusName: first };
      const { events } = clients();
      const pagesOf = async <Page extends { NextToken?: string | undefined }>(
        ask: (token: string | undefined) => Promise<Page>,
        namesOf: (page: Page) => (string | undefined)[],
      ) => {
        const pages: (string | undefined)[][] = [];
        let token: string | undefined;
        do {
          const page = await ask(token);
          pages.push(namesOf(page));
          token = page.NextToken;
        } while (token !== undefined);
        return pages;
      };

      const buses = await pagesOf(
        (NextToken) => events.send(new ListEventBusesCommand({ NamePrefix: prefix, Limit: 3, NextToken })),
        ({ EventBuses = [] }) => EventBuses.map(({ Name }) => Name),
      );
      const rules = await pagesOf(
        (NextToken) => events.send(new ListRulesCommand({ ...bus, Limit: 3, NextToken })),
        ({ Rules = [] }) => Rules.map(({ Name }) => Name),
      );
      const targets = await pagesOf(
        (NextToken) =>
          events.send(new ListTargetsByRuleCommand({ ...bus, Rule: first, Limit: 3, NextToken })),
        ({ Targets = [] }) => Targets.map(({ Id }) => Id),
      );

      expect(buses).toEqual([names.slice(0, 3), names.slice(3)]);
      expect(rules).toEqual([names.slice(0, 3), names.slice(3)]);
      expect(targets).toEqual([names.slice(0, 3), names.slice(3, 5)]);
    });

    it("makes a bus once, and deletes any but the default", async () => {
      const name = await makeBus();
      const create = await failureOf(clients().events.send(new CreateEventBusCommand({ Name: name })));
      await clients().events.send(new DeleteEventBusCommand({ Name: name }));
      await clients().events.send(new DeleteEventBusCommand({ Name: name }));
      const describe = await failureOf(clients().events.send(new DescribeEventBusCommand({ Name: name })));
      const standard = await failureOf(clients().events.send(new DeleteEventBusCommand({ Name: "default" })));

      expect([create.name, create.error.message]).toEqual([
        "ResourceAlreadyExistsException",
        `Event bus ${name} already exists.`,
      ]);
      expect([describe.name, describe.error.message]).toEqual([
        "ResourceNotFoundException",
        `Event bus ${name} does not exist.`,
      ]);
      expect([standard.name, standard.error.message]).toEqual([
        "ValidationException",
        "Cannot delete event bus default.",
      ]);
    });

    it("describes, disables and enables a rule, and keeps its targets when it is put again", async () => {
      const bus = await makeBus();
      const rule = await makeRule(bus);
      const ask = { EventBusName: bus, Name: rule };
      const stateOf = async () => (await clients().events.send(new DescribeRuleCommand(ask))).State;
      await putTargets(bus, rule, [{ Id: "queue", Arn: queueArn("any") }]);

      const before = await clients().events.send(new DescribeRuleCommand(ask));
      await clients().events.send(new DisableRuleCommand(ask));
      const disabled = await stateOf();
      await clients().events.send(new EnableRuleCommand(ask));
      const enabled = await stateOf();
      await makeRule(bus, rule);
      const { Targets = [] } = await clients().events.send(
        new ListTargetsByRuleCommand({ EventBusName: bus, Rule: rule }),
      );
      const unknown = await failureOf(clients().events.send(new DescribeRuleCommand({ Name: rule })));

      expect(before).toMatchObject({ ...ask, State: "ENABLED", CreatedBy: "000000000000" });
      expect([disabled, enabled]).toEqual(["DISABLED", "ENABLED"]);
      expect(Targets).toEqual([{ Id: "queue", Arn: queueArn("any") }]);
      expect([unknown.name, unknown.error.message]).toEqual([
        "ResourceNotFoundException",
        `Rule ${rule} does not exist on EventBus default.`,
      ]);
    });

    it.each(REFUSED_SCHEDULES)("refuses a schedule: %s", async (ScheduleExpression) => {
      const Name = freshName("rule");

      const { name, error } = await failureOf(
        clients().events.send(new PutRuleCommand({ Name, ScheduleExpression })),
      );

      expect([name, error.message]).toEqual([
        "ValidationException",
        "Parameter ScheduleExpression is not valid.",
      ]);
    });

    it("takes schedules of the default bus alone", async () => {
      const rule = (ScheduleExpression: string, EventBusName?: string) =>
        clients().events.send(
          new PutRuleCommand({ Name: freshName("rule"), ScheduleExpression, EventBusName }),
        );

      for (const expression of TAKEN_SCHEDULES) await rule(expression);
      const { error } = await failureOf(rule("rate(1 minute)", await makeBus()));

      expect(error.message).toBe("ScheduleExpression is supported only on the default event bus.");
    });
  });
