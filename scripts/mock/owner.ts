import { join } from "node:path";
import { sharedNow } from "#local/clock-file.ts";
import { LOCAL_ISSUER, openIssuer } from "#local/issuer/issuer.ts";

/** Requests under way at once. */
const AT_ONCE = 8;

/** An administrator's token of the local platform. */
const adminToken = async (organizationId: string): Promise<string> => {
  const folder = join(import.meta.dirname, "..", "..", ".millrace");
  const issuer = await openIssuer({ folder, origin: LOCAL_ISSUER, now: () => sharedNow(folder) });
  return issuer.sign({ sub: "mock", organizationId, roles: ["admin"], ttlSeconds: 3_600 });
};

/** Gives the accounts to a user of the local platform: `PUT /accounts/{id}`. */
export const giveAccounts = async (
  userId: string,
  organizationId: string,
  accountIds: readonly string[],
): Promise<void> => {
  const token = await adminToken(organizationId);
  const left = [...accountIds];
  const give = async (): Promise<void> => {
    for (let id = left.pop(); id !== undefined; id = left.pop()) {
      const answer = await fetch(`${LOCAL_ISSUER}/accounts/${encodeURIComponent(id)}`, {
        method: "PUT",
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        body: JSON.stringify({ userId, currency: "USD" }),
      });
      if (!answer.ok)
        throw new Error(`PUT /accounts/${id} answered ${answer.status}: ${await answer.text()}`);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, give));
};
