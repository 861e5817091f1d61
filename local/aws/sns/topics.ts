import { randomUUID } from "node:crypto";
import type { FilterScope } from "../matching/filter-policy.ts";
import { compilePattern, PatternError } from "../matching/pattern.ts";
import type { Arns } from "../port/arn.ts";
import { openDatabase } from "../port/database.ts";
import { AwsError } from "../port/errors.ts";
import { isRecord } from "../port/input.ts";

const SCHEMA = `
  CREATE TABLE IF NOT EXISTS topics (name TEXT PRIMARY KEY, attributes TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS subscriptions (
    arn TEXT PRIMARY KEY, topic TEXT NOT NULL, protocol TEXT NOT NULL, endpoint TEXT NOT NULL, attributes TEXT NOT NULL
  ) STRICT;
`;

export type Topic = { name: string; attributes: Record<string, string> };
export type Subscription = {
  arn: string;
  topic: string;
  protocol: string;
  endpoint: string;
  attributes: Record<string, string>;
  /** From the attributes. */
  filter: Record<string, unknown> | undefined;
  scope: FilterScope;
  raw: boolean;
};

const invalid = (reason: string) => new AwsError("InvalidParameter", `Invalid parameter: ${reason}`);

const readPolicy = (text: string | undefined): Record<string, unknown> | undefined => {
  if (text === undefined || text === "") return undefined;
  try {
    const policy: unknown = JSON.parse(text);
    if (!isRecord(policy)) throw new PatternError("Filter is not an object");
    if (Object.keys(policy).length > 0) compilePattern(policy);
    return policy;
  } catch (error) {
    throw invalid(`FilterPolicy: ${error instanceof PatternError ? error.message : "failed to parse JSON"}`);
  }
};

const complete = (row: Omit<Subscription, "filter" | "scope" | "raw">): Subscription => {
  const scope = row.attributes.FilterPolicyScope ?? "MessageAttributes";
  if (scope !== "MessageAttributes" && scope !== "MessageBody") throw invalid("FilterPolicyScope");
  return {
    ...row,
    scope,
    filter: readPolicy(row.attributes.FilterPolicy),
    raw: row.attributes.RawMessageDelivery === "true",
  };
};

/** Topics and who subscribed to them, on disk and in memory. */
export const openTopics = (file: string, arns: Arns) => {
  const database = openDatabase(file, SCHEMA);
  const saveTopic = database.prepare("INSERT OR REPLACE INTO topics VALUES (?, ?)");
  const saveSubscription = database.prepare("INSERT OR REPLACE INTO subscriptions VALUES (?, ?, ?, ?, ?)");
  const topics = new Map<string, Topic>(
    database
      .prepare("SELECT * FROM topics ORDER BY name")
      .all()
      .map(({ name, attributes }) => [
        String(name),
        { name: String(name), attributes: JSON.parse(String(attributes)) },
      ]),
  );
  const subscriptions = new Map<string, Subscription>(
    database
      .prepare("SELECT * FROM subscriptions ORDER BY rowid")
      .all()
      .map(({ arn, topic, protocol, endpoint, attributes }) => [
        String(arn),
        complete({
          arn: String(arn),
          topic: String(topic),
          protocol: String(protocol),
          endpoint: String(endpoint),
          attributes: JSON.parse(String(attributes)),
        }),
      ]),
  );
  const arnOf = (name: string) => arns.at("sns", name);

  const save = (subscription: Subscription) => {
    const { arn, topic, protocol, endpoint, attributes } = subscription;
    saveSubscription.run(arn, topic, protocol, endpoint, JSON.stringify(attributes));
    subscriptions.set(arn, subscription);
    return subscription;
  };

  return {
    arnOf,
    get: (name: string): Topic => {
      const topic = topics.get(name);
      if (!topic) throw new AwsError("NotFound", "Topic does not exist", { status: 404 });
      return topic;
    },
    has: (name: string) => topics.has(name),
    all: () => [...topics.values()],
    save: (topic: Topic) => {
      saveTopic.run(topic.name, JSON.stringify(topic.attributes));
      topics.set(topic.name, topic);
    },
    remove: (name: string) => {
      database.prepare("DELETE FROM topics WHERE name = ?").run(name);
      database.prepare("DELETE FROM subscriptions WHERE topic = ?").run(name);
      topics.delete(name);
      for (const { arn, topic } of [...subscriptions.values()]) if (topic === name) subscriptions.delete(arn);
    },
    subscriptions: (topic?: string) =>
      [...subscriptions.values()].filter((one) => topic === undefined || one.topic === topic),
    subscription: (arn: string): Subscription => {
      const subscription = subscriptions.get(arn);
      if (!subscription) throw new AwsError("NotFound", "Subscription does not exist", { status: 404 });
      return subscription;
    },
    /** Subscribing twice is subscribing once. */
    subscribe: (topic: string, protocol: string, endpoint: string, attributes: Record<string, string>) => {
      const same = [...subscriptions.values()].find(
        (one) => one.topic === topic && one.protocol === protocol && one.endpoint === endpoint,
      );
      return (
        same ??
        save(complete({ arn: `${arnOf(topic)}:${randomUUID()}`, topic, protocol, endpoint, attributes }))
      );
    },
    setAttribute: (arn: string, name: string, value: string) => {
      const subscription = subscriptions.get(arn);
      if (!subscription) throw new AwsError("NotFound", "Subscription does not exist", { status: 404 });
      save(complete({ ...subscription, attributes: { ...subscription.attributes, [name]: value } }));
    },
    unsubscribe: (arn: string) => {
      database.prepare("DELETE FROM subscriptions WHERE arn = ?").run(arn);
      subscriptions.delete(arn);
    },
    close: () => database.close(),
  };
};
export type Topics = ReturnType<typeof openTopics>;
