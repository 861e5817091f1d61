import { randomUUID } from "node:crypto";
import type { DatabaseSync } from "node:sqlite";
import type { Arns } from "../port/arn.ts";
import { StartError } from "../port/errors.ts";
import { invalidParameter, notFound } from "./errors.ts";
import { readSubscriptionAttributes, type SubscriptionSettings } from "./subscription-attributes.ts";

export const TOPICS_SCHEMA = `
  CREATE TABLE IF NOT EXISTS topics (name TEXT PRIMARY KEY, attributes TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS subscriptions (
    arn TEXT PRIMARY KEY, topic TEXT NOT NULL, protocol TEXT NOT NULL, endpoint TEXT NOT NULL, attributes TEXT NOT NULL
  ) STRICT;
`;

type Attributes = Readonly<Record<string, string>>;
export type Topic = { name: string; attributes: Attributes };
type SubscriptionRow = {
  arn: string;
  topic: string;
  protocol: string;
  endpoint: string;
  attributes: Attributes;
};
export type Subscription = SubscriptionRow & SubscriptionSettings;

/** An earlier version of the platform may have stored attributes that SNS refuses. */
const readKept = (arn: string, attributes: Attributes): SubscriptionSettings => {
  try {
    return readSubscriptionAttributes(attributes, "set");
  } catch (error) {
    throw new StartError(
      `The local subscription ${arn} has an attribute that SNS refuses (${error instanceof Error ? error.message : String(error)}); \`npm start -- --fresh\` starts empty.`,
      { cause: error },
    );
  }
};

/** Topics and who subscribed to them, on disk and in memory. */
export const openTopics = (database: DatabaseSync, arns: Arns) => {
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
  const subscriptions = new Map<string, Subscription>();
  for (const row of database.prepare("SELECT * FROM subscriptions ORDER BY rowid").all()) {
    const attributes: Attributes = JSON.parse(String(row.attributes));
    subscriptions.set(String(row.arn), {
      arn: String(row.arn),
      topic: String(row.topic),
      protocol: String(row.protocol),
      endpoint: String(row.endpoint),
      attributes,
      ...readKept(String(row.arn), attributes),
    });
  }
  const arnOf = (name: string) => arns.at("sns", name);

  const save = (row: SubscriptionRow, when: "subscribe" | "set"): Subscription => {
    const subscription = { ...row, ...readSubscriptionAttributes(row.attributes, when) };
    const { arn, topic, protocol, endpoint, attributes } = row;
    saveSubscription.run(arn, topic, protocol, endpoint, JSON.stringify(attributes));
    subscriptions.set(arn, subscription);
    return subscription;
  };
  const subscriptionOf = (arn: string): Subscription => {
    const subscription = subscriptions.get(arn);
    if (!subscription) throw notFound("Subscription");
    return subscription;
  };
  const differs = (given: Attributes, kept: Attributes) =>
    Object.entries(given).some(([name, value]) => kept[name] !== value);

  return {
    arnOf,
    get: (name: string): Topic => {
      const topic = topics.get(name);
      if (!topic) throw notFound("Topic");
      return topic;
    },
    all: () => [...topics.values()],
    save: (topic: Topic) => {
      saveTopic.run(topic.name, JSON.stringify(topic.attributes));
      topics.set(topic.name, topic);
    },
    /** Creating a topic that exists changes nothing; with other attributes it is refused. */
    create: (name: string, attributes: Attributes) => {
      const same = topics.get(name);
      if (same && differs(attributes, same.attributes)) {
        throw invalidParameter("Attributes Reason: Topic already exists with different attributes");
      }
      if (same) return;
      saveTopic.run(name, JSON.stringify(attributes));
      topics.set(name, { name, attributes });
    },
    /** Makes a declared topic, or gives the one that exists the attributes that are declared now. */
    ensure: (name: string, attributes: Attributes) => {
      saveTopic.run(name, JSON.stringify(attributes));
      topics.set(name, { name, attributes });
    },
    /** Makes a declared subscription, or gives the one that exists the attributes that are declared now. */
    ensureSubscription: (topic: string, protocol: string, endpoint: string, attributes: Attributes) => {
      const same = [...subscriptions.values()].find(
        (one) => one.topic === topic && one.protocol === protocol && one.endpoint === endpoint,
      );
      const arn = same?.arn ?? `${arnOf(topic)}:${randomUUID()}`;
      save({ arn, topic, protocol, endpoint, attributes }, "set");
    },
    remove: (name: string) => {
      database.prepare("DELETE FROM topics WHERE name = ?").run(name);
      database.prepare("DELETE FROM subscriptions WHERE topic = ?").run(name);
      topics.delete(name);
      for (const { arn, topic } of [...subscriptions.values()]) if (topic === name) subscriptions.delete(arn);
    },
    subscriptions: (topic?: string) =>
      [...subscriptions.values()].filter((one) => topic === undefined || one.topic === topic),
    subscription: subscriptionOf,
    /** A subscription that exists is returned; with other attributes it is refused. */
    subscribe: (topic: string, protocol: string, endpoint: string, attributes: Attributes) => {
      readSubscriptionAttributes(attributes, "subscribe");
      const same = [...subscriptions.values()].find(
        (one) => one.topic === topic && one.protocol === protocol && one.endpoint === endpoint,
      );
      if (same && differs(attributes, same.attributes)) {
        throw invalidParameter("Attributes Reason: Subscription already exists with different attributes");
      }
      const arn = `${arnOf(topic)}:${randomUUID()}`;
      return same ?? save({ arn, topic, protocol, endpoint, attributes }, "subscribe");
    },
    setAttribute: (arn: string, name: string, value: string) => {
      const { topic, protocol, endpoint, attributes } = subscriptionOf(arn);
      save({ arn, topic, protocol, endpoint, attributes: { ...attributes, [name]: value } }, "set");
    },
    unsubscribe: (arn: string) => {
      database.prepare("DELETE FROM subscriptions WHERE arn = ?").run(arn);
      subscriptions.delete(arn);
    },
  };
};
export type Topics = ReturnType<typeof openTopics>;
