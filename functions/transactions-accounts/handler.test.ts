import { describe, expect, it } from "vitest";
import { CATEGORIES } from "#common/cleansing/categories.ts";
import { callerContext } from "#common/testing/lambda-events.ts";
import { aFileRow } from "#common/transactions/testing/files.ts";
import { makeLoaded } from "#common/transactions/testing/loaded.ts";
import { startFunction } from "#local/testing/start-function.ts";

const accounts = await startFunction("transactions-accounts");

const ROLES = "transactions.read transactions.write";
const as = (organizationId: string, userId: string, roles = ROLES) =>
  callerContext({ organizationId, userId, roles });
const ann = (organizationId: string) => as(organizationId, "ann");
const admin = (organizationId: string) => as(organizationId, "root", "admin");

type Asked = { query?: Record<string, string>; body?: unknown; params?: Record<string, string> };
const ask = (route: string, authorizer: Record<string, unknown>, more: Asked = {}) =>
  accounts.ask({ route, params: { accountId: "A1", transactionId: "t1" }, authorizer, ...more });

/** An account of Ann's with these rows, in an organization of the test's own. */
const setup = async (organizationId: string, rows = [aFileRow({ transactionId: "t1" })]) => {
  const loaded = makeLoaded({ organizationId });
  await loaded.load(rows);
  await loaded.own("A1", { owners: ["ann", "bob"] });
  await accounts.put("transactions", loaded.items());
  return loaded;
};
const LIST = "GET /accounts/{accountId}/transactions";
const ONE = "GET /accounts/{accountId}/transactions/{transactionId}";
const EDIT = "PATCH /accounts/{accountId}/transactions/{transactionId}";

describe("GET /accounts", () => {
  it("200: answers the caller's accounts by their ids, and whose they are to an admin alone", async () => {
    const loaded = makeLoaded({ organizationId: "own" });
    for (const accountId of ["B", "A", "C"]) await loaded.own(accountId, { nickname: `My ${accountId}` });
    await loaded.own("D", { owners: ["bob"] });
    await accounts.put("transactions", loaded.items());

    const first = await ask("GET /accounts", ann("own"), { query: { limit: "2" } });
    const second = await ask("GET /accounts", ann("own"), {
      query: { limit: "2", cursor: first.json.cursor },
    });

    expect(first.json.items).toEqual([
      { accountId: "A", nickname: "My A", currency: "EUR", balance: null, balanceAsOf: null },
      { accountId: "B", nickname: "My B", currency: "EUR", balance: null, balanceAsOf: null },
    ]);
    expect(second.json).toMatchObject({ items: [{ accountId: "C" }], cursor: null });
    const ofBob = await ask("GET /accounts", admin("own"), { query: { userId: "bob" } });
    expect(ofBob.json.items).toMatchObject([{ accountId: "D", owners: ["bob"] }]);
    expect((await ask("GET /accounts", admin("own"))).json).toEqual({ items: [], cursor: null });
  });

  it("200: answers an admin the accounts that files made and that belong to no user", async () => {
    const loaded = makeLoaded({ organizationId: "unowned" });
    await loaded.load([
      aFileRow({ accountId: "A" }),
      aFileRow({ accountId: "B" }),
      aFileRow({ accountId: "C" }),
    ]);
    await loaded.own("B");
    await accounts.put("transactions", loaded.items());

    const { json } = await ask("GET /accounts", admin("unowned"), { query: { unowned: "true" } });

    expect(json).toMatchObject({ items: [{ accountId: "A", owners: [] }, { accountId: "C" }], cursor: null });
  });

  it("400: refuses an admin who asks for a user's accounts and for unowned ones at once", async () => {
    const query = { unowned: "true", userId: "ann" };

    expect(await ask("GET /accounts", admin("both"), { query })).toMatchObject({
      status: 400,
      json: { errors: [{ in: "query", path: "/userId" }] },
    });
  });

  it("403: refuses anybody else who asks for the accounts of others", async () => {
    for (const query of [{ unowned: "true" }, { userId: "bob" }] as Record<string, string>[]) {
      expect((await ask("GET /accounts", ann("others"), { query })).status).toBe(403);
    }
  });
});

describe("GET /accounts/{accountId}", () => {
  it("200: answers the account with the balance of its newest posted row that has one", async () => {
    await setup("balance", [
      aFileRow({ postedAt: "2026-03-02T00:00:00.000Z", balance: "12.30" }),
      aFileRow({ postedAt: "2026-03-01T00:00:00.000Z", balance: "99.00" }),
      aFileRow({ postedAt: "2026-03-03T00:00:00.000Z" }),
    ]);

    expect(await ask("GET /accounts/{accountId}", ann("balance"))).toMatchObject({
      status: 200,
      json: { accountId: "A1", currency: "EUR", balance: "12.30", balanceAsOf: "2026-03-02T00:00:00.000Z" },
    });
    expect((await ask("GET /accounts/{accountId}", admin("balance"))).json.owners).toEqual(["ann", "bob"]);
  });

  it("400: names what is no id, and refuses words of routes", async () => {
    for (const accountId of ["a b", "sync", ".a"]) {
      expect(await ask("GET /accounts/{accountId}", ann("ids"), { params: { accountId } })).toMatchObject({
        status: 400,
        json: { errors: [{ in: "path", path: "/accountId" }] },
      });
    }
  });

  it("404: is what users get who do not own it", async () => {
    await setup("one");

    expect((await ask("GET /accounts/{accountId}", as("one", "eve"))).status).toBe(404);
    expect((await ask("GET /accounts/{accountId}", ann("another"))).status).toBe(404);
    expect((await ask("GET /accounts/{accountId}", admin("another"))).status).toBe(404);
  });
});

describe("PUT /accounts/{accountId}", () => {
  const put = (organizationId: string, body: unknown, authorizer = admin(organizationId)) =>
    ask("PUT /accounts/{accountId}", authorizer, { body });

  it("201, then 200: makes the account, keeps its name where none is said, and records ids alone", async () => {
    const made = await put("put", { userId: "ann", nickname: "Everyday", currency: "EUR" });
    const again = await put("put", { owners: ["bob"], currency: "USD" });

    expect([made.status, again.status]).toEqual([201, 200]);
    expect(again.json).toMatchObject({ nickname: "Everyday", currency: "USD", owners: ["bob"] });
    expect((await ask("GET /accounts/{accountId}", ann("put"))).status).toBe(404);
    expect((await ask("GET /accounts", as("put", "bob"))).json.items).toMatchObject([{ accountId: "A1" }]);
    expect(await accounts.sent("events-audit")).toMatchObject([
      { audit: true, actor: "root", targets: [{ type: "account", id: "A1" }] },
      { audit: true, detail: { change: "account_registered", accountId: "A1" } },
    ]);
  });

  it("400: names every fault", async () => {
    expect(await put("faults", { nickname: "\u0007", currency: "EURO" })).toMatchObject({
      status: 400,
      json: { errors: [{ path: "/nickname" }, { path: "/userId" }, { path: "/currency" }] },
    });
    const both = { userId: "ann", owners: ["bob"], currency: "EUR" };
    expect(await put("faults", both)).toMatchObject({ status: 400, json: { errors: [{ path: "/owners" }] } });
    const many = { owners: Array.from({ length: 11 }, (_, user) => `user-${user}`), currency: "EUR" };
    expect((await put("faults", many)).status).toBe(400);
  });

  it("403: is for admins", async () => {
    expect((await put("roles", { userId: "ann", currency: "EUR" }, ann("roles"))).status).toBe(403);
  });

  it("409: keeps the currency in which a row has a balance", async () => {
    await setup("currency", [aFileRow({ balance: "1.00" })]);

    expect(await put("currency", { userId: "ann", currency: "USD" })).toMatchObject({
      status: 409,
      json: { code: "CURRENCY_SET" },
    });
    expect((await put("currency", { userId: "ann", currency: "EUR" })).status).toBe(200);
  });
});

describe("PATCH /accounts/{accountId}", () => {
  it("200: renames the account, and leaves the event for the announcer", async () => {
    await setup("rename");

    const { status, json } = await ask("PATCH /accounts/{accountId}", ann("rename"), {
      body: { nickname: "Fun" },
    });

    expect([status, json.nickname]).toEqual([200, "Fun"]);
    const outbox = (await accounts.rows("transactions")).filter(
      ({ pk, sk }) => pk.startsWith("rename#") && sk.startsWith("outbox#"),
    );
    const [renamed] = outbox.toSorted((one, other) => (one.sk < other.sk ? 1 : -1));
    expect(JSON.parse(String(renamed?.events))).toMatchObject([
      { name: "account_nicknameupdated", detail: { userId: "ann", accountId: "A1", nickname: "Fun" } },
      { name: "account_nicknameupdated", detail: { userId: "bob" } },
    ]);
  });

  it("400: refuses an empty body and an unseen name", async () => {
    for (const body of [{}, { nickname: "" }, { nickname: "x".repeat(61) }, { nickname: " " }]) {
      expect((await ask("PATCH /accounts/{accountId}", ann("rename-faults"), { body })).status).toBe(400);
    }
  });

  it("500: changes nothing when the queue does not take the record of it", async () => {
    await setup("refused");
    accounts.refuse("sqs:SendMessage");

    const { status } = await ask("PATCH /accounts/{accountId}", ann("refused"), {
      body: { nickname: "Fun" },
    });

    expect(status).toBeGreaterThanOrEqual(500);
    expect((await ask("GET /accounts/{accountId}", ann("refused"))).json.nickname).toBe("A1");
  });
});

describe(LIST, () => {
  const day = (number: number) => `2026-03-${String(number).padStart(2, "0")}T00:00:00.000Z`;
  const idsOf = (json: { items: { transactionId: string }[] }) =>
    json.items.map(({ transactionId }) => transactionId);

  it("200: answers them by date, either way, and a cursor is a place that outlives its row", async () => {
    const rows = [1, 2, 3, 4].map((number) =>
      aFileRow({ transactionId: `t${number}`, postedAt: day(number) }),
    );
    await setup("pages", rows);

    const first = await ask(LIST, ann("pages"), { query: { limit: "2" } });
    const { cursor } = first.json;
    const rest = await ask(LIST, ann("pages"), { query: { limit: "2", cursor } });
    const upwards = await ask(LIST, ann("pages"), {
      query: { order: "asc", from: "2026-03-02", to: day(4) },
    });

    expect([idsOf(first.json), idsOf(rest.json)]).toEqual([
      ["t4", "t3"],
      ["t2", "t1"],
    ]);
    expect(rest.json.cursor).toBeNull();
    expect(idsOf(upwards.json)).toEqual(["t2", "t3"]);
  });

  it("200: filters by words, category, type, status and amount, and the pages are full all the same", async () => {
    await setup("filters", [
      aFileRow({ transactionId: "a", description: "CAFÉ MÜLLER", amount: "-4.50" }),
      aFileRow({ transactionId: "b", amount: "100.00", type: "credit" }),
      aFileRow({ transactionId: "c", amount: "-10.00", status: "pending" }),
    ]);
    const find = async (query: Record<string, string>) =>
      idsOf((await ask(LIST, ann("filters"), { query: { order: "asc", ...query } })).json);

    expect(await find({ q: "muller cafe" })).toEqual(["a"]);
    expect(await find({ type: "credit" })).toEqual(["b"]);
    expect(await find({ status: "pending" })).toEqual(["c"]);
    expect(await find({ minAmount: "-4.5", maxAmount: "99.999" })).toEqual(["a"]);
    expect(await find({ category: "other", limit: "3" })).toEqual(["a", "b", "c"]);
    expect(await find({ category: "Rent" })).toEqual([]);
  });

  it("400: names every fault of the filters, and refuses a cursor of other filters", async () => {
    await setup("list-faults", [aFileRow({ transactionId: "a" }), aFileRow({ transactionId: "b" })]);
    const query = { from: "2026-02-31", minAmount: "1e3", q: "!" };

    expect((await ask(LIST, ann("list-faults"), { query: { type: "x" } })).status).toBe(400);
    expect((await ask(LIST, ann("list-faults"), { query })).json.code).toBe("INPUT_INVALID");
    const { json } = await ask(LIST, ann("list-faults"), { query: { limit: "1" } });
    const other = { limit: "1", order: "asc", cursor: json.cursor };
    expect((await ask(LIST, ann("list-faults"), { query: other })).json.code).toBe("CURSOR_INVALID");
  });

  it("404: is what all others get, an admin too", async () => {
    await setup("list-others");

    for (const caller of [as("list-others", "eve"), admin("list-others"), ann("elsewhere")]) {
      expect((await ask(LIST, caller)).status).toBe(404);
    }
  });
});

describe(ONE, () => {
  it("200: answers all that is known of it", async () => {
    await setup("one-row", [
      aFileRow({ transactionId: "t1", balance: "5.00", memo: "Two", extra: { branch: "12" } }),
    ]);

    expect(await ask(ONE, ann("one-row"))).toMatchObject({
      status: 200,
      json: {
        transactionId: "t1",
        accountId: "A1",
        postedAt: "2026-03-01T00:00:00.000Z",
        amount: "-4.50",
        currency: "EUR",
        balance: "5.00",
        memo: "Two",
        extra: { branch: "12" },
        category: "Other",
        categorySource: "none",
        importId: "import-1",
      },
    });
  });

  it("404: is what others get, and what is no transaction of the account", async () => {
    await setup("no-row");

    expect((await ask(ONE, as("no-row", "eve"))).status).toBe(404);
    expect((await ask(ONE, ann("no-row"), { params: { accountId: "A1", transactionId: "t2" } })).status).toBe(
      404,
    );
  });
});

describe(EDIT, () => {
  it("200: sets and gives back category and note, and records ids alone", async () => {
    await setup("edit");

    const set = await ask(EDIT, ann("edit"), { body: { category: "Secret", note: "Party" } });
    const back = await ask(EDIT, as("edit", "bob"), { body: { category: null } });

    expect(set.json).toMatchObject({ category: "Secret", categorySource: "person", note: "Party" });
    expect(back.json).toMatchObject({ category: "Other", categorySource: "none", note: "Party" });
    const sent = await accounts.sent("events-audit");
    expect(sent).toMatchObject([
      { detail: { change: "transaction_edited", accountId: "A1", transactionId: "t1" }, actor: "ann" },
      { actor: "bob" },
    ]);
    expect(JSON.stringify(sent)).not.toMatch(/Secret|Party/);
  });

  it("400: wants something to set, within its bounds", async () => {
    for (const body of [
      {},
      { note: "" },
      { note: "x".repeat(1_001) },
      { category: "x".repeat(61) },
      { a: 1 },
    ]) {
      expect((await ask(EDIT, ann("edit-faults"), { body })).status).toBe(400);
    }
  });

  it("404: changes nothing for anybody else", async () => {
    await setup("edit-others");

    for (const caller of [as("edit-others", "eve"), admin("edit-others"), ann("edit-elsewhere")]) {
      expect((await ask(EDIT, caller, { body: { note: "Mine" } })).status).toBe(404);
    }
    expect((await ask(ONE, ann("edit-others"))).json).not.toHaveProperty("note");
    expect(await accounts.sent("events-audit")).toEqual([]);
  });
});

describe("GET /transactions/categories", () => {
  it("200: answers what machines sort into", async () => {
    expect(await ask("GET /transactions/categories", ann("any"))).toMatchObject({
      status: 200,
      json: { items: CATEGORIES },
    });
  });
});
