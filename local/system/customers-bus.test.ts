import { PutRuleCommand, PutTargetsCommand } from "@aws-sdk/client-eventbridge";
import { CreateQueueCommand } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { eventually } from "#common/testing/eventually.ts";
import { clientsFor } from "../aws/testing/port.ts";
import { type Request, type System, startSystem } from "../testing/system.ts";

const BUS = "millrace-local-bus";
const LISTENER = "customers-listener";

type Announced = { name: string; source: string; detail: { id: string; customerId: string } };

let system: System;
let admin: string;
const announced: Announced[] = [];

beforeAll(async () => {
  system = await startSystem({ pace: 0.01 });
  admin = await system.token(["admin"]);
  const { events, sqs } = clientsFor(system.platform.awsUrl);
  await sqs.send(new CreateQueueCommand({ QueueName: LISTENER }));
  const EventPattern = JSON.stringify({ "detail-type": [{ prefix: "customer_" }] });
  await events.send(new PutRuleCommand({ Name: LISTENER, EventBusName: BUS, EventPattern }));
  const Targets = [{ Id: "queue", Arn: `arn:aws:sqs:us-east-1:000000000000:${LISTENER}` }];
  await events.send(new PutTargetsCommand({ EventBusName: BUS, Rule: LISTENER, Targets }));
});
afterAll(() => system.stop());

/** Adds to `announced` what the bus has put on the listener's queue by now. */
const listen = async (): Promise<readonly Announced[]> => {
  for (;;) {
    const messages = await system.platform.queues.receive(LISTENER, { max: 10, waitMs: 0 });
    if (messages.length === 0) return announced;
    await system.platform.queues.delete(
      LISTENER,
      messages.map(({ receiptHandle }) => receiptHandle),
    );
    for (const { body } of messages) {
      const { source, detail, ...event } = JSON.parse(body);
      announced.push({ name: event["detail-type"], source, detail });
    }
  }
};

/** As an honest client does: again on 5xx and 409, until the answer is one of those wanted. */
const insist = (route: string, wanted: readonly number[], request: Request = {}) =>
  eventually(
    () => system.call(route, { token: admin, ...request }),
    ({ status }) => {
      if (status < 500 && status !== 409 && !wanted.includes(status)) throw new Error(`answered ${status}`);
      return wanted.includes(status);
    },
    60_000,
  );

/** The different events of a customer, each once, by name. */
const namesOf = (customerId: string): string[] => {
  const events = announced.filter(({ detail }) => detail.customerId === customerId);
  return [...new Map(events.map((event) => [event.detail.id, event.name])).values()].sort();
};

describe("changes of customers, while a tenth of AWS calls fail and functions are killed half-way", () => {
  const ids = Array.from({ length: 12 }, (_, at) => `bus-${at}`);

  it("are on the bus, each under one id, with ids and nothing of the profile", async () => {
    system.platform.chaos.share = 0.1;
    await Promise.all(
      ids.map(async (id, at) => {
        const route = `PUT /customers/${id}`;
        await insist(route, [200, 201], { body: { name: `Zoë ${at}`, externalId: `user-${at}` } });
        await insist(route, [200], { body: { name: `Zoë Müller ${at}`, externalId: `user-${at}` } });
        // The answer to a DELETE that was done may be lost; the next one finds nothing.
        await insist(`DELETE /customers/${id}`, [204, 404]);
      }),
    );

    await eventually(
      listen,
      () => ids.every((id) => namesOf(id).includes("customer_erased") && namesOf(id).length >= 3),
      90_000,
    );

    const wanted = ["customer_changed", "customer_changed", "customer_erased"];
    expect(ids.map(namesOf)).toEqual(ids.map(() => wanted));
    for (const { source, detail } of announced) {
      expect(source).toBe("millrace.events");
      expect(detail).toMatchObject({
        organizationId: "demo",
        userId: `user-${detail.customerId.slice(4)}`,
        time: expect.stringMatching(/^\d{4}-.*\.\d{3}Z$/),
      });
    }
    expect(JSON.stringify(announced)).not.toMatch(/Zoë|Müller/);
  });

  it("lose nothing to the function's dead letters", () => {
    expect(system.platform.queues.depth("millrace-local-events-customers-announcer-dead").visible).toBe(0);
  });

  it("are not mixed with what else the table stores", async () => {
    system.platform.chaos.share = 0;
    const before = (await listen()).length;
    const event = { customerId: "bus-event", type: "note", description: "A note" };
    expect((await system.call("POST /events", { token: admin, body: [event, event] })).status).toBe(202);
    await insist("PUT /customers/profile", [201], {
      body: { name: "Called profile" },
      headers: { "x-transaction-id": "tx-bus" },
    });

    await eventually(listen, () => namesOf("profile").length > 0, 30_000);

    expect(announced.slice(before).map(({ name, detail }) => ({ name, detail }))).toEqual([
      {
        name: "customer_changed",
        detail: {
          id: expect.any(String),
          organizationId: "demo",
          time: expect.any(String),
          transactionId: "tx-bus",
          customerId: "profile",
        },
      },
    ]);
  });
});
