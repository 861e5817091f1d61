import { randomUUID } from "node:crypto";
import { answerText, type Check, expectProblem, expectStatus, fieldsOf } from "./asking.ts";

export const importsChecks: readonly Check[] = [
  {
    name: "GET /imports lists imports",
    async run({ platform, token }) {
      const answer = await platform.ask("/imports?limit=1", { token });
      expectStatus(answer, 200);
      if (!Array.isArray(fieldsOf(answer).items)) throw new Error(`wanted items, got ${answerText(answer)}`);
    },
  },
  {
    name: "GET /imports/{id} of no import is 404",
    async run({ platform, token }) {
      expectProblem(await platform.ask(`/imports/${randomUUID()}`, { token }), 404);
    },
  },
  {
    name: "POST /imports refuses a file that is no CSV",
    async run({ platform, token }) {
      const body = { service: "transactions", fileName: "night.xlsx", bytes: 1 };
      expectProblem(await platform.ask("/imports", { method: "POST", token, body }), 400);
    },
  },
  {
    name: "POST /imports answers where the file goes, and DELETE cancels it",
    async run({ platform, token }) {
      const body = { service: "transactions", fileName: "integration.csv", bytes: 1, dryRun: true };
      const posted = await platform.ask("/imports", { method: "POST", token, body });
      expectStatus(posted, 201);
      const { id, upload } = fieldsOf(posted);
      if (typeof upload !== "object") throw new Error(`wanted an upload, got ${answerText(posted)}`);
      const deleted = await platform.ask(`/imports/${id}`, { method: "DELETE", token });
      expectStatus(deleted, 202);
      const { status } = fieldsOf(deleted);
      if (status !== "cancelled") throw new Error(`wanted cancelled, got ${answerText(deleted)}`);
    },
  },
];
