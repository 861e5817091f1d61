import { randomUUID } from "node:crypto";
import { answerText, type Check, expectProblem, expectStatus, fieldsOf } from "./asking.ts";

export const changesChecks: readonly Check[] = [
  {
    name: "GET /changes/users/{userId} of nobody is 404",
    async run({ platform, token }) {
      expectProblem(await platform.ask(`/changes/users/${randomUUID()}`, { token }), 404);
    },
  },
  {
    name: "GET /changes/replays lists replays",
    async run({ platform, token }) {
      const answer = await platform.ask("/changes/replays?limit=1", { token });
      expectStatus(answer, 200);
      if (!Array.isArray(fieldsOf(answer).items)) throw new Error(`wanted items, got ${answerText(answer)}`);
    },
  },
  {
    name: "GET /changes/replays/{id} of no replay is 404",
    async run({ platform, token }) {
      expectProblem(await platform.ask(`/changes/replays/${randomUUID()}`, { token }), 404);
    },
  },
  {
    name: "POST /changes/replays refuses one of nobody",
    async run({ platform, token }) {
      expectProblem(await platform.ask("/changes/replays", { method: "POST", token, body: {} }), 400);
    },
  },
];
