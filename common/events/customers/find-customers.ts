import { type QueryOptions, textOf } from "#common/table/table.ts";
import { customerListPartitions, nameWordPartition, nameWordRange, profileKey } from "../keys.ts";
import type { StoredCustomer } from "./customer.ts";
import { customerFromItem } from "./customer-items.ts";
import type { CustomerTable } from "./customers.ts";
import { hasNameWords } from "./name-words.ts";

/** Where most do not match, as many are read as one call takes. */
const READ_AT_ONCE = 100;

/** Somebody to look at: where the list goes on after, and the word of the name that led here. */
type Candidate = { position: string; customerId: string; word?: string };

export type CustomerPage = {
  customers: StoredCustomer[];
  /** Where the next page goes on; absent when nothing is left. */
  next?: string;
};

export type ListOptions = {
  organizationId: string;
  /** Folded words, each the start of a word of the name; none: everybody. */
  words: readonly string[];
  limit: number;
  after?: string | undefined;
  /** Until when to look for what fills the page. */
  untilMs: number;
  now?: () => number;
};

/** A partition's items one after the other, a page of the table at a time. */
async function* itemsOf(table: CustomerTable, options: QueryOptions) {
  let after = options.after;
  do {
    const page = await table.queryPage({ ...options, ...(after === undefined ? {} : { after }) });
    yield* page.items;
    after = page.next;
  } while (after !== undefined);
}

/** Everybody in the order of their ids, merged from the partitions of the list. */
async function* everybody(
  table: CustomerTable,
  { organizationId, limit, after }: ListOptions,
): AsyncGenerator<Candidate> {
  const partitions = customerListPartitions(organizationId).map((pk) =>
    itemsOf(table, { pk, limit: limit + 1, ...(after === undefined ? {} : { after }) }),
  );
  const heads = await Promise.all(
    partitions.map(async (items) => ({ items, head: (await items.next()).value })),
  );
  for (;;) {
    const [first] = heads
      .filter(({ head }) => head !== undefined)
      // Ids are ASCII: the order of the table is the order of the text.
      .sort((a, b) => ((a.head?.sk ?? "") < (b.head?.sk ?? "") ? -1 : 1));
    if (!first?.head) return;
    yield { position: first.head.sk, customerId: first.head.sk };
    first.head = (await first.items.next()).value;
  }
}

/** Whose name has a word that starts so, in the order of word and id; a customer comes with each such word. */
async function* byWord(
  table: CustomerTable,
  start: string,
  { organizationId, limit, after }: ListOptions,
): AsyncGenerator<Candidate> {
  const pk = nameWordPartition(organizationId, start);
  const range = nameWordRange(start);
  const options = { pk, ...range, limit: limit + 1, ...(after === undefined ? {} : { after }) };
  for await (const item of itemsOf(table, options)) {
    yield { position: item.sk, customerId: textOf(item, "customerId"), word: textOf(item, "word") };
  }
}

/** The word that the fewest names start with, at a guess: the longest. */
const longest = (words: readonly string[]): string | undefined =>
  words.toSorted((a, b) => [...b].length - [...a].length)[0];

const candidatesOf = (table: CustomerTable, options: ListOptions) => {
  const start = longest(options.words);
  // Words stand under their first two characters; by a single one everybody has to be looked through.
  return start === undefined || [...start].length < 2
    ? everybody(table, options)
    : byWord(table, start, options);
};

/** A full page of whoever matches, however many have to be looked at; short only when the time is up. */
export const listCustomers = async (table: CustomerTable, options: ListOptions): Promise<CustomerPage> => {
  const { organizationId, words, limit, untilMs, now = Date.now } = options;
  const start = longest(words) ?? "";

  const isWanted = (customer: StoredCustomer | undefined, { word }: Candidate): customer is StoredCustomer =>
    customer !== undefined &&
    hasNameWords(customer.words, words) &&
    // Two words of one name may start alike: only the first of them lists it.
    (word === undefined || word === customer.words.find((one) => one.startsWith(start)));

  const found: { customer: StoredCustomer; position: string }[] = [];
  const readAll = async (candidates: readonly Candidate[]): Promise<void> => {
    const keys = candidates.map(({ customerId }) => profileKey(organizationId, customerId));
    const items = await table.getMany(keys);
    const customers = new Map(
      items.map((item) => [textOf(item, "customerId"), customerFromItem(organizationId, item)]),
    );
    for (const candidate of candidates) {
      const customer = customers.get(candidate.customerId);
      if (isWanted(customer, candidate)) found.push({ customer, position: candidate.position });
    }
  };

  let looked: Candidate[] = [];
  let enough = limit + 1;
  for await (const candidate of candidatesOf(table, options)) {
    looked.push(candidate);
    if (looked.length < enough) continue;
    await readAll(looked);
    // One more than the page was found: something is left.
    const last = found[limit - 1];
    if (found.length > limit && last) {
      return { customers: found.slice(0, limit).map(({ customer }) => customer), next: last.position };
    }
    looked = [];
    enough = READ_AT_ONCE;
    if (now() >= untilMs) {
      return { customers: found.map(({ customer }) => customer), next: candidate.position };
    }
  }
  await readAll(looked);
  return { customers: found.map(({ customer }) => customer) };
};
