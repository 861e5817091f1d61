import { createHash } from "node:crypto";

export type DemoEvent = {
  eventId: string;
  customerId: string;
  type: string;
  date: string;
  actor: string;
  description: string;
  detail: Record<string, string>;
};

export const DEMO_DAYS = 30;
const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/** A number from 0 to below 1 that looks random and is the same for the same words in every run. */
const drawn = (...words: (string | number)[]): number =>
  createHash("sha256").update(words.join(" ")).digest().readUInt32BE() / 2 ** 32;

const pick = (from: readonly string[], draw: number): string => from[Math.floor(draw * from.length)] ?? "";

const TELLERS = ["teller-ines", "teller-marko", "teller-sofia"];
const PRODUCTS = ["savings", "current", "young saver"];
const TRADES = ["Groceries", "Salary", "Rent", "Fuel", "Pharmacy", "Cash machine", "Books"];
const STREETS = ["Mill Lane", "Harbour Road", "Station Street", "Rue de l'Église"];
const REASONS = ["moved abroad", "unhappy with the fees", "joined another credit union"];

/**
 * What happened to a customer within the month that starts with `start`: an account opened, transactions, for
 * some a card, a new address and a closed account. Ids and content depend on the customer and `start` alone,
 * so posting a history again adds nothing.
 */
export const demoHistory = (customerId: string, start: Date): DemoEvent[] => {
  const draw = (...words: (string | number)[]): number => drawn(customerId, ...words);
  const account = String(10_000_000 + Math.floor(draw("account") * 90_000_000));
  const product = pick(PRODUCTS, draw("product"));
  // Days as fractions: 8.5 is noon of the ninth day of the month.
  const opened = draw("opened") * 12;
  const closed = draw("closes") < 0.3 ? opened + 5 + draw("closed") * 12 : undefined;
  const end = closed ?? DEMO_DAYS;

  /** Within the hours of a branch, 8 to 18 o'clock, in the order of the days. */
  const dateOf = (day: number): string =>
    new Date(
      start.getTime() + Math.floor(day) * DAY_MS + 8 * HOUR_MS + Math.floor((day % 1) * 10 * HOUR_MS),
    ).toISOString();
  const happened: (Omit<DemoEvent, "eventId" | "customerId" | "date"> & { day: number })[] = [];
  const add = (
    day: number,
    type: string,
    actor: string,
    description: string,
    detail: DemoEvent["detail"] = {},
  ): void => {
    happened.push({ day, type, actor, description, detail: { account, ...detail } });
  };

  add(opened, "account_opened", pick(TELLERS, draw("opener")), `Customer opened a ${product} account`, {
    product,
  });
  const transactions = 15 + Math.floor(draw("transactions") * 20);
  for (let at = 0; at < transactions; at += 1) {
    const day = opened + 0.1 + draw("day", at) * (end - opened - 0.2);
    const amount = `${draw("sign", at) < 0.75 ? "-" : ""}${(1 + draw("amount", at) * 400).toFixed(2)}`;
    const trade = pick(TRADES, draw("trade", at));
    add(day, "transaction_posted", "core-banking", `Transaction of ${amount}: ${trade}`, {
      amount,
      currency: "EUR",
    });
  }
  if (draw("card") < 0.5) {
    add(opened + 0.05, "card_ordered", customerId, "Customer ordered a card", { kind: "debit" });
  }
  if (draw("moves") < 0.3) {
    const street = `${pick(STREETS, draw("street"))} ${1 + Math.floor(draw("house") * 99)}`;
    const day = opened + 0.1 + draw("moved") * (end - opened - 0.2);
    add(day, "address_changed", customerId, `Customer changed the address to ${street}`);
  }
  if (closed !== undefined) {
    const reason = pick(REASONS, draw("reason"));
    add(closed, "account_closed", pick(TELLERS, draw("closer")), `Customer closed the account: ${reason}`);
  }
  return happened
    .sort((one, other) => one.day - other.day)
    .map(({ day, ...event }, at) => ({
      eventId: `${customerId}-${at + 1}`,
      customerId,
      date: dateOf(day),
      ...event,
    }));
};
