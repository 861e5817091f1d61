import { describe, expect, it } from "vitest";
import { callerContext } from "#common/testing/lambda-events.ts";
import { randomFrom } from "#common/testing/random.ts";
import { aFileRow } from "#common/transactions/testing/files.ts";
import { makeLoaded } from "#common/transactions/testing/loaded.ts";
import { startFunction } from "#local/testing/start-function.ts";

const accounts = await startFunction("transactions-accounts");

const ORGANIZATIONS = ["first", "second", "third"];
const USERS = ["ann", "bob", "eve", "root"];
const PROBES = 500;

/** Who owns which account: the same ids in each organization, with other owners. */
const ownersOf = (organization: number, account: number): string[] =>
  USERS.slice(0, 3).filter((_, user) => (organization + account + user) % 3 === 0);

/** Routes that take an account, with what they are asked. */
const ROUTES = [
  { route: "GET /accounts/{accountId}", isRow: false },
  { route: "PATCH /accounts/{accountId}", isRow: false, body: { nickname: "Mine" } },
  { route: "GET /accounts/{accountId}/transactions", isRow: true },
  { route: "GET /accounts/{accountId}/transactions/{transactionId}", isRow: true },
  {
    route: "PATCH /accounts/{accountId}/transactions/{transactionId}",
    isRow: true,
    body: { note: "Mine" },
  },
] as const;

describe(`${PROBES} probes across users and organizations`, () => {
  it("answer an account's owners, and 404 to all others", async () => {
    for (const [place, organizationId] of ORGANIZATIONS.entries()) {
      const loaded = makeLoaded({ organizationId });
      for (const account of [0, 1, 2, 3]) {
        await loaded.load([
          aFileRow({ accountId: `A${account}`, transactionId: "t1", memo: organizationId }),
        ]);
        await loaded.own(`A${account}`, { owners: ownersOf(place, account) });
      }
      await accounts.put("transactions", loaded.items());
    }
    const random = randomFrom(7);
    const pick = (count: number) => Math.floor(random() * count);
    const counts = { owned: 0, refused: 0 };
    for (let probe = 0; probe < PROBES; probe += 1) {
      const [organization, user, account] = [pick(ORGANIZATIONS.length), pick(USERS.length), pick(5)];
      const { route, isRow, ...more } = ROUTES[pick(ROUTES.length)] ?? ROUTES[0];
      const [organizationId, userId] = [ORGANIZATIONS[organization] ?? "", USERS[user] ?? ""];
      const isAdmin = userId === "root";
      const roles = isAdmin ? "admin" : "transactions.read transactions.write";
      const params = { accountId: `A${account}`, transactionId: "t1" };
      const isOwner = account < 4 && ownersOf(organization, account).includes(userId);
      // An admin sees accounts, and not what happened on them.
      const isSeen = isOwner || (isAdmin && account < 4 && !isRow && route.startsWith("GET"));

      const { status, text } = await accounts.ask({
        route,
        params,
        authorizer: callerContext({ organizationId, userId, roles }),
        ...more,
      });

      const label = `${organizationId} ${userId} ${route} ${account}`;
      expect([label, status]).toEqual([label, isSeen ? 200 : 404]);
      const others = ORGANIZATIONS.filter((other) => other !== organizationId);
      expect(others.filter((other) => text.includes(other))).toEqual([]);
      counts[isSeen ? "owned" : "refused"] += 1;
    }
    expect(Math.min(counts.owned, counts.refused)).toBeGreaterThan(100);
  }, 60_000);
});
