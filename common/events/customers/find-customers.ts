import type { FoundItems } from "#common/paging/answer-page.ts";
import { fillPage } from "#common/paging/fill-page.ts";
import { mergedPartitions } from "#common/table/merged-partitions.ts";
import { type Table, textOf } from "#common/table/table.ts";
import type { Clock } from "#common/time/clock.ts";
import { customerListPartitions, nameWordPartition, nameWordRange, profileKey } from "../keys.ts";
import type { StoredCustomer } from "./customer.ts";
import { customerFromItem } from "./customer-items.ts";
import { hasNameWords } from "./name-words.ts";

/** A customer to look at: where the list goes on after it, and the word of the name that led here. */
type Candidate = { position: string; customerId: string; word?: string };

export type FoundCustomer = { customer: StoredCustomer; position: string };

export type FindCustomersOptions = {
  organizationId: string;
  /** Folded words, each the start of a word of the name; none: all customers. */
  words: readonly string[];
  limit: number;
  after?: string | undefined;
  now: Clock;
};

type ReadingTable = Pick<Table, "getMany" | "queryPage">;

/** All customers in the order of their ids, merged from the partitions of the list. */
async function* byId(
  table: ReadingTable,
  { organizationId, limit, after }: FindCustomersOptions,
): AsyncGenerator<Candidate> {
  const batches = mergedPartitions(table, {
    partitions: customerListPartitions(organizationId),
    firstItems: limit + 1,
    ...(after === undefined ? {} : { after }),
  });
  for await (const items of batches) for (const { sk } of items) yield { position: sk, customerId: sk };
}

/** Customers whose name has a word that starts so, in the order of word and id; one comes with each such word. */
async function* byWord(
  table: ReadingTable,
  start: string,
  { organizationId, limit, after }: FindCustomersOptions,
): AsyncGenerator<Candidate> {
  const batches = mergedPartitions(table, {
    partitions: [nameWordPartition(organizationId, start)],
    ...nameWordRange(start),
    firstItems: limit + 1,
    ...(after === undefined ? {} : { after }),
  });
  for await (const items of batches) {
    for (const item of items) {
      yield { position: item.sk, customerId: textOf(item, "customerId"), word: textOf(item, "word") };
    }
  }
}

/** The word that the fewest names start with, at a guess: the longest. */
const longest = (words: readonly string[]): string | undefined =>
  words.toSorted((a, b) => [...b].length - [...a].length)[0];

const candidatesOf = (table: ReadingTable, options: FindCustomersOptions) => {
  const start = longest(options.words);
  // Words stand under their first two characters; by a single one every customer has to be looked at.
  return start === undefined || [...start].length < 2 ? byId(table, options) : byWord(table, start, options);
};

/** A full page of the customers that match, however many have to be looked at; short only when time is up. */
export const findCustomers = (
  table: ReadingTable,
  options: FindCustomersOptions,
): Promise<FoundItems<FoundCustomer, string>> => {
  const { organizationId, words, limit, now } = options;
  const start = longest(words) ?? "";

  const isWanted = (customer: StoredCustomer, { word }: Candidate): boolean =>
    hasNameWords(customer.words, words) &&
    // Two words of one name may start alike: only the first of them lists it.
    (word === undefined || word === customer.words.find((one) => one.startsWith(start)));

  const look = async (candidates: readonly Candidate[]): Promise<FoundCustomer[]> => {
    const keys = candidates.map(({ customerId }) => profileKey(organizationId, customerId));
    const items = await table.getMany(keys);
    const customers = new Map(
      items.map((item) => [textOf(item, "customerId"), customerFromItem(organizationId, item)]),
    );
    return candidates.flatMap((candidate) => {
      const customer = customers.get(candidate.customerId);
      return customer && isWanted(customer, candidate) ? [{ customer, position: candidate.position }] : [];
    });
  };

  return fillPage({
    candidates: candidatesOf(table, options),
    look,
    positionOf: ({ position }) => position,
    limit,
    now,
  });
};
