import type { Content } from "../rows/content.ts";

/** A line of an accepted batch of an import that was not taken back. */
export type PlainLine = {
  accountId: string;
  transactionId: string;
  /** Among equal rows of the file; undefined where the bank gave an id. */
  ordinal: number | undefined;
  number: number;
  importId: string;
  line: number;
  day: number;
  content: Content;
};

type Field = "category" | "note";
type PlainEdit = { transactionId: string; field: Field; value: string | null; at: number };

/** What an account shows: computed from every line there is, each time anew. */
export type PlainRow = {
  transactionId: string;
  content: Content;
  importId: string;
  pendingTransactionId?: string;
  category?: string;
  note?: string;
};

const DAY_MS = 86_400_000;
const wins = (line: PlainLine): number[] => [
  line.content.status === "posted" ? 1 : 0,
  line.number,
  line.line,
];
const place = (line: PlainLine): number[] => [line.number, line.line];
const isMore = (one: readonly number[], other: readonly number[]): boolean => {
  for (const [at, value] of one.entries()) if (value !== other[at]) return value > (other[at] ?? 0);
  return false;
};
const most = (lines: readonly PlainLine[], of: (line: PlainLine) => number[]): PlainLine => {
  const [first, ...rest] = lines;
  if (!first) throw new Error("no line");
  return rest.reduce((best, line) => (isMore(of(line), of(best)) ? line : best), first);
};
const dayOf = ({ content }: PlainLine): number => Math.floor(Date.parse(content.postedAt) / DAY_MS);
const same = (one: Content, other: Content): boolean => {
  const text = (content: Content) =>
    JSON.stringify(Object.entries(content).sort(([a], [b]) => (a < b ? -1 : 1)));
  return text(one) === text(other);
};

type Candidate = { id: string; highest: PlainLine; first: PlainLine; seen: PlainLine; lines: PlainLine[] };

const candidatesOf = (lines: readonly PlainLine[]): Candidate[] =>
  Map.groupBy(lines, ({ transactionId }) => transactionId)
    .entries()
    .map(([id, own]) => ({
      id,
      lines: own,
      highest: most(own, wins),
      first: most(own, (line) => place(line).map((value) => -value)),
      seen: most(own, place),
    }))
    .toArray();

const byDate = (one: Candidate, other: Candidate): number => {
  const key = ({ highest, id }: Candidate) =>
    `${highest.content.postedAt} ${String(highest.ordinal).padStart(4, "0")} ${id}`;
  return key(one) < key(other) ? -1 : 1;
};

/** Taker by taken, of all rows of an account. */
const pairsOf = (candidates: readonly Candidate[]): Map<string, Candidate> => {
  const own = candidates.filter(({ highest }) => highest.ordinal !== undefined).sort(byDate);
  const taken = new Map<string, Candidate>();
  for (const posted of own.filter(({ highest }) => highest.content.status === "posted")) {
    const pending = own.find(({ id, highest, seen }) => {
      const days = dayOf(posted.highest) - dayOf(highest);
      return (
        highest.content.status === "pending" &&
        !taken.has(id) &&
        (["amount", "currency", "type", "description"] as const).every(
          (name) => highest.content[name] === posted.highest.content[name],
        ) &&
        days >= 0 &&
        days <= 10 &&
        seen.number < posted.first.number
      );
    });
    if (pending) taken.set(pending.id, posted);
  }
  return taken;
};

/** Keeps every line and every edit, and nothing else. */
export const makePlainModel = () => {
  let lines: PlainLine[] = [];
  const edits: (PlainEdit & { accountId: string })[] = [];
  const nights = new Map<string, number>();
  const currencies = new Map<string, string>();
  const of = (accountId: string) => lines.filter((line) => line.accountId === accountId);

  const editOf = (accountId: string, ids: readonly string[], field: Field) =>
    edits
      .filter(
        (edit) => edit.accountId === accountId && edit.field === field && ids.includes(edit.transactionId),
      )
      .reduce<PlainEdit | undefined>((best, edit) => (best && best.at > edit.at ? best : edit), undefined);

  const rowsFrom = (accountId: string, some: readonly PlainLine[]): PlainRow[] => {
    const candidates = candidatesOf(some);
    const taken = pairsOf(candidates);
    const night = nights.get(accountId) ?? 0;
    return candidates
      .filter(
        ({ id, highest, seen }) =>
          !taken.has(id) && !(highest.content.status === "pending" && night > seen.day + 14),
      )
      .map(({ id, highest, lines: own }) => {
        const pending = [...taken].find(([, taker]) => taker.id === id)?.[0];
        const ids = pending === undefined ? [id] : [id, pending];
        const category = editOf(accountId, ids, "category")?.value ?? undefined;
        const note = editOf(accountId, ids, "note")?.value ?? undefined;
        const ranked = own.toSorted((a, b) => (isMore(wins(a), wins(b)) ? -1 : 1));
        const run = ranked.findIndex((line) => !same(line.content, highest.content));
        const oldest = ranked.at(run === -1 ? -1 : run - 1) ?? highest;
        return {
          transactionId: id,
          content: highest.content,
          importId: oldest.importId,
          ...(pending === undefined ? {} : { pendingTransactionId: pending }),
          ...(category === undefined ? {} : { category }),
          ...(note === undefined ? {} : { note }),
        };
      })
      .sort((a, b) => (a.transactionId < b.transactionId ? -1 : 1));
  };

  return {
    add: (line: PlainLine): void => void lines.push(line),
    /** Takes back what an import said of these rows. */
    remove: (number: number, accountId: string, ids: readonly string[]): void => {
      lines = lines.filter(
        (line) =>
          !(line.number === number && line.accountId === accountId && ids.includes(line.transactionId)),
      );
    },
    removeAll: (number: number): void => {
      lines = lines.filter((line) => line.number !== number);
    },
    edit: (
      accountId: string,
      transactionId: string,
      field: Field,
      value: string | null,
      at: number,
    ): void => {
      const candidates = candidatesOf(of(accountId));
      const pending = [...pairsOf(candidates)].find(([, taker]) => taker.id === transactionId)?.[0];
      const ids = pending === undefined ? [transactionId] : [transactionId, pending];
      if ((editOf(accountId, ids, field)?.value ?? null) === value) return;
      for (const id of ids) edits.push({ accountId, transactionId: id, field, value, at });
    },
    night: (accountId: string, day: number): void => void nights.set(accountId, day),
    currency: (accountId: string, currency: string): void => void currencies.set(accountId, currency),
    rows: (accountId: string): PlainRow[] => rowsFrom(accountId, of(accountId)),
    lines: (): readonly PlainLine[] => lines,
    /** The balance and its currency: of the newest posted row that has one. */
    balance: (accountId: string): { balance: string | null; currency: string | null } => {
      const set = currencies.get(accountId);
      const newest = (some: readonly Candidate[]) =>
        some.toSorted((a, b) =>
          a.highest.content.postedAt === b.highest.content.postedAt
            ? isMore(place(a.first), place(b.first))
              ? -1
              : 1
            : a.highest.content.postedAt > b.highest.content.postedAt
              ? -1
              : 1,
        )[0];
      const candidates = candidatesOf(of(accountId));
      const top = newest(
        candidates.filter(
          ({ highest: { content } }) =>
            content.status === "posted" &&
            content.balance !== undefined &&
            (set === undefined || content.currency === set),
        ),
      );
      const shown = new Set(rowsFrom(accountId, of(accountId)).map(({ transactionId }) => transactionId));
      const other = newest(candidates.filter(({ id }) => shown.has(id)));
      return {
        balance: top?.highest.content.balance ?? null,
        currency: set ?? top?.highest.content.currency ?? other?.highest.content.currency ?? null,
      };
    },
  };
};
