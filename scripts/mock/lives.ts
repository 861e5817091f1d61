import { type Day, FRIDAY } from "./calendar.ts";
import { Chance } from "./chance.ts";
import { ABROAD, EMPLOYERS, FORGOTTEN, FUEL, SHOPS, type Shop, SUBSCRIPTIONS } from "./shops.ts";

export const SCENARIOS = ["payday", "overdraft", "travel", "subscription-creep"] as const;
export type Scenario = (typeof SCENARIOS)[number];

/** One movement of an account. */
export type Movement = {
  /** Index of its day. */
  day: number;
  /** Second of the day, or -1 where the bank gives the day alone. */
  second: number;
  /** Minus is out. */
  cents: number;
  description: string;
  memo: string;
  checkNumber: string;
  /** What it is listed with while it is pending, where that is another amount. */
  pendingCents?: number;
};

/** What a pump asks for before it knows how much is tanked. */
const PUMP_CENTS = 12_500;

const EUROS_TO_DOLLARS = 1.0821;

type Habits = {
  employer: string;
  salary: number;
  /** Which of two weeks is payday's. */
  week: number;
  rent: number;
  subscriptions: { shop: Shop; dayOfMonth: number; cents: number }[];
  fuelDay: number;
  /** Index of the Friday on which a journey begins, and its days. */
  journey: { day: number; days: number };
  spends: number;
};

const habitsOf = (chance: Chance, days: readonly Day[], scenario: Scenario | undefined): Habits => {
  const poor = scenario === "overdraft";
  const subscriptions = [FORGOTTEN, ...SUBSCRIPTIONS.filter(() => chance.happens(0.4))].map((shop) => ({
    shop,
    dayOfMonth: chance.between(2, 28),
    cents: chance.between(shop[1], shop[2]),
  }));
  const fridays = days.flatMap(({ weekday }, index) => (weekday === FRIDAY ? [index] : []));
  return {
    employer: chance.of(EMPLOYERS),
    salary: chance.between(poor ? 60_000 : 190_000, poor ? 90_000 : 480_000),
    week: chance.below(2),
    rent: chance.between(90_000, 190_000),
    subscriptions,
    fuelDay: chance.below(7),
    journey: { day: fridays[chance.below(fridays.length)] ?? -1, days: scenario === "travel" ? 16 : 3 },
    spends: poor ? 1.6 : 1,
  };
};

const out = (day: number, second: number, cents: number, description: string, memo = ""): Movement => ({
  day,
  second,
  cents: -cents,
  description,
  memo,
  checkNumber: "",
});

/** What comes by itself on a day: wages, rent, bills, subscriptions, fuel, a journey. */
const regular = (
  index: number,
  day: Day,
  habits: Habits,
  chance: Chance,
  scenario: Scenario | undefined,
): Movement[] => {
  const due: Movement[] = [];
  const isPayday = day.weekday === FRIDAY && Math.floor((day.number + 4) / 7) % 2 === habits.week;
  if (isPayday) {
    due.push({ ...out(index, -1, 0, habits.employer), cents: habits.salary });
    if (scenario === "payday") {
      due.push(
        out(index, -1, Math.floor(habits.salary * 0.2), "TRANSFER TO SAVINGS", "payday, first things first"),
      );
      due.push(out(index, -1, Math.floor(habits.salary * 0.15), "CREDIT CARD AUTOPAY"));
    }
  }
  if (day.dayOfMonth === 1) {
    const rent = out(index, -1, habits.rent, "CHECK 1ST STREET PROPERTIES", "rent");
    due.push({ ...rent, checkNumber: String(1_000 + (Math.floor(day.number / 28) % 9_000)) });
  }
  if (day.dayOfMonth === 5)
    due.push(out(index, -1, chance.between(6_000, 18_000), "PGE WEB PAYMENT, ELECTRIC"));
  if (day.dayOfMonth === 12) due.push(out(index, -1, chance.between(4_500, 9_000), "COMCAST CABLE COMM"));
  habits.subscriptions.forEach(({ shop, dayOfMonth, cents }, place) => {
    // Where they creep, another one begins every month, and each costs a little more than the month before.
    const months = Math.floor(index / 30);
    const creeps = scenario === "subscription-creep";
    if (day.dayOfMonth !== dayOfMonth || (creeps && place > months + 1)) return;
    due.push(out(index, -1, creeps ? Math.round((cents * (100 + 4 * months)) / 100) : cents, shop[0]));
  });
  // The week before the wages come.
  if (scenario === "overdraft" && day.weekday === 3 && Math.floor((day.number + 6) / 7) % 2 === habits.week) {
    due.push(out(index, -1, 3_500, "OVERDRAFT FEE"));
  }
  if (day.weekday === habits.fuelDay) {
    const [description, least, most] = chance.of(FUEL);
    due.push({
      ...out(index, 28_800 + chance.below(36_000), chance.between(least, most), description),
      pendingCents: -PUMP_CENTS,
    });
  }
  return due;
};

const isAway = ({ journey }: Habits, index: number): boolean =>
  journey.day >= 0 && index >= journey.day && index < journey.day + journey.days;

const spending = (index: number, habits: Habits, chance: Chance): Movement => {
  const second = 25_200 + chance.below(57_600);
  if (!isAway(habits, index)) {
    const [description, least, most] = chance.of(SHOPS);
    // Most purchases are small.
    const share = chance.next();
    const price = least + share * share * (most - least);
    return out(index, second, Math.round(price * habits.spends), description);
  }
  const [description, least, most] = chance.of(ABROAD);
  const euros = chance.between(least, most);
  const memo = `EUR ${(euros / 100).toFixed(2)} at ${EUROS_TO_DOLLARS}`;
  return out(index, second, Math.round(euros * EUROS_TO_DOLLARS), description, memo);
};

/**
 * A life of exactly so many movements over all days but the last, in their order; those of the last day, which
 * only the next night's file has, come apart. What is regular comes first; purchases fill it up.
 */
export const life = (
  seeds: readonly number[],
  days: readonly Day[],
  rows: number,
  scenario: Scenario | undefined,
): { movements: Movement[]; nextDay: Movement[] } => {
  const chance = new Chance(...seeds);
  const habits = habitsOf(chance, days, scenario);
  const today = days.length - 1;
  const due = days.map((day, index) => regular(index, day, habits, chance, scenario));
  const purchases = new Uint32Array(days.length);
  const count = due.reduce((sum, list, index) => (index < today ? sum + list.length : sum), 0);
  for (let left = rows - count; left > 0; left -= 1) {
    const day = chance.below(today);
    purchases[day] = (purchases[day] ?? 0) + 1;
  }
  purchases[today] = chance.below(4);
  const all = due.map((list, index) => {
    const bought = Array.from({ length: purchases[index] ?? 0 }, () => spending(index, habits, chance));
    return [...list, ...bought].sort((one, other) => one.second - other.second);
  });
  const movements = all.slice(0, today).flat();
  // Too few rows for all that is regular: the latest stay.
  return { movements: movements.slice(Math.max(0, movements.length - rows)), nextDay: all[today] ?? [] };
};
