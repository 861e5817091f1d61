import { type Item, numberOf, optionalTextOf, textOf } from "#common/table/table.ts";
import { datePlace, transactionKey } from "../keys.ts";
import type { Content } from "./content.ts";
import { highestOf, type Row, type Saying } from "./row.ts";

/** Contents repeat among the sayings of a row, so each is stored once. */
type StoredSaying = readonly [number: number, importId: string, line: number, day: number, content: number];

const FIELDS = ["postedAt", "amount", "currency", "description", "type", "status"] as const;
const OPTIONAL_FIELDS = ["balance", "checkNumber", "memo", "bankId"] as const;

type StoredContent = readonly [...(string | null)[], Content["extra"] | null];

/** Without the nulls that it ends with. */
const storedContent = (content: Content): unknown[] => {
  const values: unknown[] = [
    ...FIELDS.map((name) => content[name]),
    ...OPTIONAL_FIELDS.map((name) => content[name] ?? null),
    content.extra ?? null,
  ];
  while (values.at(-1) === null) values.pop();
  return values;
};

const contentFromStored = (values: StoredContent): Content => {
  const content: Record<string, unknown> = {};
  for (const [place, name] of [...FIELDS, ...OPTIONAL_FIELDS, "extra"].entries()) {
    if (values[place] !== undefined && values[place] !== null) content[name] = values[place];
  }
  return content as Content;
};

const saidToJson = (said: readonly Saying[]): string => {
  const contents: string[] = [];
  const sayings = said.map(({ number, importId, line, day, content }): StoredSaying => {
    const text = JSON.stringify(storedContent(content));
    const known = contents.indexOf(text);
    return [number, importId, line, day, known === -1 ? contents.push(text) - 1 : known];
  });
  return `[${[JSON.stringify(sayings), ...contents].join()}]`;
};

const saidFromJson = (json: string): Saying[] => {
  const [sayings, ...stored] = JSON.parse(json) as [StoredSaying[], ...StoredContent[]];
  const contents = stored.map(contentFromStored);
  return sayings.flatMap(([number, importId, line, day, place]) => {
    const content = contents[place];
    return content ? [{ number, importId, line, day, content }] : [];
  });
};

type Owner = { organizationId: string; accountId: string };

const SK_START = "transaction#".length;

export const rowToItem = ({ organizationId, accountId }: Owner, row: Row): Item => {
  const { transactionId, ordinal, said, person, vendor, rules, pair, night, updatedAt } = row;
  const postedAt = highestOf(row)?.content.postedAt;
  return {
    ...transactionKey(organizationId, accountId, transactionId),
    // A row that no import names stands in no list.
    ...(postedAt === undefined ? {} : { byDate: datePlace(postedAt, transactionId) }),
    ...(ordinal === undefined ? {} : { ordinal }),
    said: saidToJson(said),
    ...(Object.keys(person).length === 0 ? {} : { person: JSON.stringify(person) }),
    ...(vendor === undefined ? {} : { vendor: JSON.stringify(vendor) }),
    ...(rules === undefined ? {} : { rules: JSON.stringify(rules) }),
    ...(pair === undefined ? {} : { pair: JSON.stringify(pair) }),
    ...(night === undefined ? {} : { night }),
    updatedAt,
  };
};

const jsonOf = <T>(item: Item, name: string): T | undefined => {
  const text = optionalTextOf(item, name);
  return text === undefined ? undefined : (JSON.parse(text) as T);
};

export const rowFromItem = (item: Item): Row => {
  const vendor = jsonOf<NonNullable<Row["vendor"]>>(item, "vendor");
  const rules = jsonOf<NonNullable<Row["rules"]>>(item, "rules");
  const pair = jsonOf<NonNullable<Row["pair"]>>(item, "pair");
  return {
    transactionId: item.sk.slice(SK_START),
    ...(item.ordinal === undefined ? {} : { ordinal: numberOf(item, "ordinal") }),
    said: saidFromJson(textOf(item, "said")),
    person: jsonOf<Row["person"]>(item, "person") ?? {},
    ...(vendor === undefined ? {} : { vendor }),
    ...(rules === undefined ? {} : { rules }),
    ...(pair === undefined ? {} : { pair }),
    ...(item.night === undefined ? {} : { night: numberOf(item, "night") }),
    updatedAt: textOf(item, "updatedAt"),
  };
};
