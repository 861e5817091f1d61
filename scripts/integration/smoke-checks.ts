import {
  answerText,
  askUntil,
  type Check,
  expectProblem,
  expectStatus,
  fieldsOf,
  isObject,
} from "./asking.ts";

/** What needs no token and writes nothing. */
export const smokeChecks: readonly Check[] = [
  {
    name: "GET /health answers ok",
    async run({ platform, release, deadlineMs }) {
      const answer = await askUntil(
        deadlineMs,
        () => platform.ask("/health"),
        (found) => found.status === 200 && (release === undefined || fieldsOf(found).version === release),
      );
      expectStatus(answer, 200);
      const { status, version } = fieldsOf(answer);
      if (status !== "ok" || typeof version !== "string") throw new Error(`got ${answerText(answer)}`);
    },
  },
  {
    name: "GET /openapi.json describes the routes",
    async run({ platform }) {
      const answer = await platform.ask("/openapi.json");
      expectStatus(answer, 200);
      const { openapi, paths } = fieldsOf(answer);
      if (typeof openapi !== "string" || !openapi.startsWith("3.1.")) {
        throw new Error(`wanted an OpenAPI 3.1 document, got version ${JSON.stringify(openapi)}`);
      }
      for (const path of ["/health", "/data", "/data/{id}"]) {
        if (!isObject(paths) || !(path in paths)) throw new Error(`the document has no path ${path}`);
      }
    },
  },
  {
    name: "GET /data without a token is refused",
    async run({ platform }) {
      expectProblem(await platform.ask("/data"), 401);
    },
  },
];
