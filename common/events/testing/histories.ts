import fc from "fast-check";
import type { Table } from "#common/table/table.ts";
import { wordsOf } from "#common/text/words.ts";
import { type Block, checksumOf, placedEvents, toBlockEvent } from "../chain/block.ts";
import { blockToItem } from "../chain/block-item.ts";
import { chainOf } from "../chain/chain-of.ts";
import { genesisHash } from "../chain/hash.ts";
import { AUDIT_CUSTOMER_ID, AUDIT_TYPE, type ChainId, type EventMessage, type RunEntry } from "../event.ts";
import { derivedItems } from "../lists/derived-items.ts";
import { compareByDate, type EventQuery } from "../read/event-query.ts";

const ORGANIZATION = "demo";

export const anEvent = (eventId: string, more: Partial<EventMessage> = {}): EventMessage => ({
  organizationId: ORGANIZATION,
  eventId,
  customerId: "customer-1",
  type: "opened",
  description: "Customer opened an account",
  date: "2025-01-31T12:00:00.000Z",
  recordedAt: "2025-02-01T00:00:00.000Z",
  salt: "AAAAAAAAAAAAAAAAAAAAAA",
  ...more,
});

const blockOf = (chain: ChainId, number: number, messages: readonly EventMessage[]): Block => {
  const events = messages.map(toBlockEvent);
  const organizationId = messages[0]?.organizationId ?? ORGANIZATION;
  const start = { firstSequence: 1, previousHash: genesisHash(organizationId, chain) };
  const block = { organizationId, chain, number, ...start, hash: "", events, checksums: [] };
  return { ...block, checksums: events.map(checksumOf), hash: placedEvents(block).at(-1)?.hash ?? "" };
};

/** Puts events as the persister does: each chain's share of a batch is a block. */
export const storeEvents = async (
  store: Pick<Table, "putAll">,
  messages: readonly EventMessage[],
  { block = 1 } = {},
): Promise<void> => {
  const shares = new Map<string, { chain: ChainId; messages: EventMessage[] }>();
  for (const message of messages) {
    const chain = chainOf(message);
    const key = `${chain.epoch}-${chain.number}`;
    const share = shares.get(key) ?? { chain, messages: [] };
    share.messages.push(message);
    shares.set(key, share);
  }
  for (const share of shares.values()) {
    const whole = blockOf(share.chain, block, share.messages);
    await store.putAll([blockToItem(whole), ...derivedItems(whole)]);
  }
};

const dates = fc
  .tuple(
    fc.constantFrom("2020-02-29T23:59:", "2025-01-31T12:00:"),
    fc.integer({ min: 57, max: 59 }),
    fc.constantFrom("000", "001", "500", "999"),
  )
  .map(([minute, second, milliseconds]) => `${minute}${second}.${milliseconds}Z`);

const DESCRIPTIONS = [
  "Customer closed the account",
  "Café au lait",
  "Transaction of 20.00",
  "CLOSED",
] as const;

const message = fc.record({
  type: fc.constantFrom("opened", "closed", "a#0", "%23", AUDIT_TYPE),
  customerId: fc.constantFrom("a", "b", "c"),
  actor: fc.option(fc.constantFrom("ann", "bob"), { nil: undefined }),
  recordedBy: fc.option(fc.constantFrom("carl", "dora"), { nil: undefined }),
  targets: fc.option(
    fc.array(fc.record({ type: fc.constantFrom("account", "customer"), id: fc.constantFrom("a", "b:1") }), {
      minLength: 1,
      maxLength: 3,
    }),
    { nil: undefined },
  ),
  description: fc.constantFrom(...DESCRIPTIONS),
  date: dates,
  detail: fc.option(fc.constantFrom(null, { a: [1] }, "x".repeat(900)), { nil: undefined }),
});

/** Some events in few seconds, so that they meet; those of the type `audit` as the platform writes them. */
export const histories = (prefix = "event") =>
  fc.array(message, { maxLength: 60, size: "max" }).map((messages) =>
    messages.map(({ actor, recordedBy, targets, detail, ...rest }, index) =>
      anEvent(`${prefix}-${(index * 7_919) % 97}-${index}`, {
        ...rest,
        ...(actor === undefined ? {} : { actor }),
        ...(recordedBy === undefined ? {} : { recordedBy }),
        ...(targets === undefined ? {} : { targets }),
        ...(detail === undefined ? {} : { detail }),
        ...(rest.type === AUDIT_TYPE ? { audit: true, customerId: AUDIT_CUSTOMER_ID } : {}),
      }),
    ),
  );

/** Mostly not asked for: with every filter at once, hardly anything is left to be listed. */
const optional = <T>(values: fc.Arbitrary<T>) =>
  fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: values });

const plainQueries: fc.Arbitrary<EventQuery> = fc.record({
  organizationId: fc.constant(ORGANIZATION),
  customerId: optional(fc.constantFrom("a", "b", "-", "nobody")),
  types: fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    fc.array(fc.constantFrom("opened", "closed", "a#0", "%23", AUDIT_TYPE, "unknown"), { maxLength: 4 }),
    fc.constant(["opened", AUDIT_TYPE, ...Array.from({ length: 9 }, (_, number) => `type-${number}`)]),
  ),
  from: optional(dates),
  to: optional(dates),
  actor: optional(fc.constantFrom("ann", "carl")),
  recordedBy: optional(fc.constantFrom("carl", "nobody")),
  target: optional(
    fc.record({ type: fc.constantFrom("account", "customer"), id: fc.constantFrom("a", "b:1", "c") }),
  ),
  about: optional(fc.constantFrom("a", "b:1", "c")),
  words: fc.constantFrom([], [], [], [], [], wordsOf("closed ACCOUNT"), wordsOf("cafe"), wordsOf("20.00 of")),
  order: fc.constantFrom("asc", "desc"),
});

/** About a customer are audit events and no others. */
export const queries: fc.Arbitrary<EventQuery> = plainQueries.map((query) =>
  query.about === undefined ? query : { ...query, types: [AUDIT_TYPE] },
);

/** What a query means, said without partitions, runs or pages. */
export const plainAnswer = (history: readonly EventMessage[], query: EventQuery): string[] => {
  const { customerId, types, from, to, actor, recordedBy, target, about, words, order } = query;
  const isDoneTo = ({ targets = [] }: EventMessage, type: string, id: string): boolean =>
    targets.some((one) => one.type === type && one.id === id);
  return history
    .filter((event) => (types.length === 0 ? event.type !== AUDIT_TYPE : types.includes(event.type)))
    .filter((event) => customerId === undefined || event.customerId === customerId)
    .filter((event) => from === undefined || Date.parse(event.date) >= Date.parse(from))
    .filter((event) => to === undefined || Date.parse(event.date) < Date.parse(to))
    .filter((event) => actor === undefined || event.actor === actor)
    .filter((event) => recordedBy === undefined || event.recordedBy === recordedBy)
    .filter((event) => target === undefined || isDoneTo(event, target.type, target.id))
    .filter((event) => about === undefined || isDoneTo(event, "customer", about))
    .filter(({ description }) => {
      const plain = description.toLowerCase().replace("é", "e");
      return words.every((word) => plain.includes(word));
    })
    .sort((a, b) => compareByDate(a, b) * (order === "asc" ? 1 : -1))
    .map(({ eventId }) => eventId);
};

export const idsOf = (matches: readonly { entry: RunEntry }[]): string[] =>
  matches.map(({ entry }) => entry.eventId);
