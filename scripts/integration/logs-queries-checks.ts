import {
  answerText,
  askUntil,
  type Check,
  expectProblem,
  expectStatus,
  fieldsOf,
  isObject,
} from "./asking.ts";

const lastHour = (): string => {
  const to = new Date();
  return `from=${new Date(to.getTime() - 3_600_000).toISOString()}&to=${to.toISOString()}`;
};

export const logsQueriesChecks: readonly Check[] = [
  {
    name: "GET /logs/types lists the relations that queries name",
    async run({ platform, token }) {
      const answer = await platform.ask("/logs/types", { token });
      expectStatus(answer, 200);
      const { items } = fieldsOf(answer);
      if (!Array.isArray(items) || !items.some((item) => isObject(item) && item.name === "web")) {
        throw new Error(`wanted a type web, got ${answerText(answer)}`);
      }
    },
  },
  {
    name: "GET /logs/stats counts the last hour's messages",
    async run({ platform, token }) {
      const answer = await platform.ask(`/logs/stats?groupBy=logType&${lastHour()}`, { token });
      expectStatus(answer, 200);
      if (!Array.isArray(fieldsOf(answer).items)) throw new Error(`wanted items, got ${answerText(answer)}`);
    },
  },
  {
    name: "POST /logs/queries runs a SELECT, and GET answers its rows",
    async run({ platform, token, deadlineMs }) {
      const asked = await platform.ask("/logs/queries", {
        method: "POST",
        token,
        body: { sql: "SELECT 6 * 7 AS answer" },
      });
      expectStatus(asked, 202);
      const { id } = fieldsOf(asked);
      const answer = await askUntil(
        deadlineMs,
        () => platform.ask(`/logs/queries/${id}`, { token }),
        (found) => found.status !== 200 || !["queued", "running"].includes(String(fieldsOf(found).status)),
      );
      expectStatus(answer, 200);
      const { status, rows } = fieldsOf(answer);
      if (status !== "succeeded" || JSON.stringify(rows) !== "[[42]]") {
        throw new Error(`wanted the row 42, got ${answerText(answer)}`);
      }
    },
  },
  {
    name: "POST /logs/queries refuses what is no SELECT",
    async run({ platform, token }) {
      const body = { sql: "DROP TABLE web" };
      expectProblem(await platform.ask("/logs/queries", { method: "POST", token, body }), 400);
    },
  },
];
