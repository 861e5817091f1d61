import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listedReplays } from "#common/changes/testing/listed-replays.ts";
import { RESERVED_IDS } from "#common/ids/given-id.ts";
import { listedImports } from "#common/imports/testing/listed-imports.ts";
import { eventually } from "#common/testing/eventually.ts";
import { aFileRow } from "#common/transactions/testing/files.ts";
import { makeLoaded } from "#common/transactions/testing/loaded.ts";
import { aLine, putLines } from "../aws/athena/testing/lake.ts";
import { expectRefused, fill, type Page, problem, useApi } from "../testing/api/asking.ts";
import { loadOperations, type Operation, type Parameter, type Schema } from "../testing/api/operations.ts";

/** One more than the largest page. */
const COUNT = 101;
/** An id that customers, and events' customers, have here. */
const KNOWN = "c:1";

const operations = loadOperations();
const named = (operation: Operation, name: string): Parameter | undefined =>
  operation.parameters.find((parameter) => parameter.name === name);
/** Of what a route answers, its fields; the sync feed takes a limit and is no list. */
const fieldsOf = ({ answers }: Operation) =>
  answers[200]?.content?.["application/json"]?.schema.properties as Schema | undefined;
const lists = operations.filter((operation) => named(operation, "limit") && fieldsOf(operation)?.items);
const withParameter = operations.filter(({ path }) => path.includes("{"));
/** Routes whose parameter is an id that callers give: the platform's own are UUIDs, and any other is not found. */
const withGivenId = withParameter.filter(({ path }) =>
  // The id of a business event is a hash that the platform makes.
  /(?<!claims\/)\{(customerId|eventId|accountId|transactionId)\}/.test(path),
);

const { ask, lake, pageOf, pagesOf, put, putObject, start, stop, operationOf, token } = useApi(operations);

/** The whole path, for the name of its parameter. */
const PARAMETER = /^.*\{([^}]+)\}.*$/;

const event = (fields: object) => ({
  customerId: KNOWN,
  type: "opened",
  description: "An account",
  ...fields,
});

/** A good body of each route that is walked: a new route's is walked once it stands here. */
const GOOD_BODIES: Readonly<Record<string, Record<string, string | number>>> = {
  "POST /data": { name: "Ann Banks" },
  "POST /events": event({}),
  "PUT /customers/{customerId}": { name: "Ann Banks" },
  "PUT /accounts/{accountId}": { userId: "alice", nickname: "Everyday", currency: "EUR" },
  "POST /cleansings": { from: "2026-01-01" },
  "POST /changes/replays": { userId: "u1" },
  "POST /imports": { service: "transactions", fileName: "night.csv", bytes: 1_000 },
  "PATCH /accounts/{accountId}": { nickname: "Everyday" },
  "PATCH /accounts/{accountId}/transactions/{transactionId}": { note: "For the party" },
};

/** What a list must be asked with. */
const REQUIRED: Readonly<Record<string, string>> = {
  "GET /logs": "logType=web&from=2026-05-05&to=2026-05-06&",
};
/** Where a list is, up to its other parameters. */
const listAt = ({ path, route }: Operation): string => `${fill(path, KNOWN)}?${REQUIRED[route] ?? ""}`;

beforeAll(async () => {
  await start();
  const numbers = Array.from({ length: COUNT }, (_, number) => number);
  const post = async (path: string, body: unknown) =>
    expect((await ask("POST", path, { body: JSON.stringify(body) })).status).toBe(202);
  await post(
    "/events",
    numbers.map((number) => event({ eventId: `e:${number}`, description: `Account ${number} at the bank` })),
  );
  await Promise.all([
    ...numbers.map((number) => post("/data", { number })),
    ...numbers.map((number) =>
      ask("PUT", `/customers/c:${number}`, { body: JSON.stringify({ name: `Ann ${number} Banks` }) }),
    ),
  ]);
  const loaded = makeLoaded({ organizationId: "demo" });
  for (const number of numbers) await loaded.own(`c:${number}`, { owners: ["alice"] });
  await loaded.load(
    numbers.map((number) =>
      aFileRow({
        accountId: KNOWN,
        transactionId: `c:${number}`,
        description: `Account ${number} at the bank`,
      }),
    ),
  );
  await put("transactions", loaded.items());
  const imported = listedImports(
    "demo",
    numbers.map((number) => `c:${number}`),
    COUNT,
  );
  await put("imports", imported.items);
  await put("changes", await listedReplays("demo", COUNT));
  for (const { key, bytes } of imported.objects) await putObject("delivery", key, bytes);
  await putLines(
    lake(),
    numbers.map((number) => {
      const events = [{ action: "opened", description: `Account ${number} at the bank`, success: true }];
      return aLine("demo", `c:${number}`, "2026-05-05T12:00:00.000Z", { events });
    }),
  );
  // A list that is new to the document must be given its things above; the tests then walk it as the others.
  for (const list of lists) {
    await eventually(
      async () => (await pagesOf(`${listAt(list)}limit=100`)).flatMap(({ items }) => items).length,
      (count) => count === COUNT,
    );
  }
}, 120_000);
afterAll(stop);

describe.each(lists)("the list $route", (operation) => {
  const path = listAt(operation);

  it("honours limit: never more items, and a cursor that is null exactly at the end", async () => {
    const itemsOf = (pages: Page[]) =>
      pages.flatMap(({ items }) => items.map((item) => JSON.stringify(item)));
    const whole = itemsOf(await pagesOf(`${path}limit=100`));
    expect([whole.length, new Set(whole).size]).toEqual([COUNT, COUNT]);
    for (const limit of [1, 7, 100]) {
      const pages = await pagesOf(`${path}limit=${limit}`);
      const sizes = pages.map(({ items }) => items.length);
      expect(sizes).toEqual([...sizes.slice(0, -1).map(() => limit), COUNT % limit || limit]);
      expect(itemsOf(pages)).toEqual(whole);
    }
  });

  it.each([
    ...["101", "0", "-1", "1e400", "Infinity", "-Infinity", "+5", "%2B5", "5.0", "%205", "5%20", "1e1", ""],
    ...["0x5", "NaN", "null", "5&limit=5", "%D9%A5", "9007199254740993"],
  ])("refuses limit=%s", async (limit) => {
    expectRefused(await ask("GET", `${path}limit=${limit}`), { in: "query", path: "/limit" }, limit);
  });

  it("refuses a parameter that it does not know, one that is repeated, and a cursor of another list", async () => {
    expectRefused(await ask("GET", `${path}limt=5`), { in: "query", path: "/limt" }, "unknown");
    expectRefused(await ask("GET", `${path}cursor=a&cursor=b`), { in: "query", path: "/cursor" }, "repeated");
    for (const other of lists.filter(({ route }) => route !== operation.route)) {
      const { cursor } = await pageOf(`${listAt(other)}limit=1`);
      const reply = await ask("GET", `${path}limit=1&cursor=${cursor}`);
      expect([reply.status, problem(reply).code]).toEqual([400, "CURSOR_INVALID"]);
    }
  });
});

describe.each(lists.filter((list) => named(list, "q")))("the words of $route", (operation) => {
  it("honour limit, and their pages join to the whole", async () => {
    const path = listAt(operation);
    const words = operation.path === "/customers" ? ["ann+banks", "banks%20ann", "A+B"] : ["account+bank"];
    for (const q of words) {
      const pages = await pagesOf(`${path}limit=30&q=${q}`);
      expect(pages.map(({ items }) => items.length)).toEqual([30, 30, 30, 11]);
      expect(new Set(pages.flatMap(({ items }) => items.map((item) => JSON.stringify(item)))).size).toBe(
        COUNT,
      );
    }
    expectRefused(await ask("GET", `${path}q=a&q=b`), { in: "query", path: "/q" }, "repeated");
  });
});

describe.each(withParameter)("the path of $route", ({ method, path, body, route }) => {
  const send = async (id: string) => {
    if (method === "DELETE") {
      await ask("PUT", fill(path, KNOWN), { body: JSON.stringify({ name: "Ann Banks" }) });
    }
    return ask(method, fill(path, id), body ? { body: JSON.stringify(GOOD_BODIES[route]) } : {});
  };
  const isGiven = withGivenId.some((other) => other.path === path);
  const parameter = path.replace(PARAMETER, "/$1");

  it.each(["%zz", "%", "a%2", "%c3%28", "%ed%a0%80", "%ff"])("with the bad escape %s is 400", async (id) => {
    expectRefused(await send(id), { in: "path", path: parameter }, id);
  });

  // A parameter that is no id, as `{name}`, may be any text: then the answer must only be a documented one.
  const isId = /\{(id|\w+Id)\}/.test(path);
  const expected = isGiven ? "400" : isId ? "404" : "answered";

  it.each(["a%2Fb", "%25", "%253A", "%E2%82%AC", "a%00", "%0A", "%7F", "a%EF%BF%BD", ".a", "a".repeat(101)])(
    `with %s is ${expected}`,
    async (id) => {
      const reply = await send(id);
      if (isGiven) expectRefused(reply, { in: "path", path: parameter }, id);
      else if (isId) expect([reply.status, problem(reply).code]).toEqual([404, "NOT_FOUND"]);
      else expect(reply.status).toBeLessThan(500);
    },
  );

  it("is decoded once", async () => {
    const [plain, encoded] = [await send(KNOWN), await send(KNOWN.replace(":", "%3A"))];

    expect(encoded.status).toBe(plain.status);
  });
});

/** A route with a word in place of its parameter, where that is not a route of its own. */
const reserved = withGivenId.flatMap(({ method, path, route }) =>
  RESERVED_IDS.filter((word) => operationOf(method, fill(path, word))?.path === path).map((word) => ({
    method,
    route,
    path: fill(path, word),
    parameter: path.replace(PARAMETER, "/$1"),
  })),
);

describe("an id that is also a word of routes", () => {
  it.each(reserved)("is refused: $method $path", async ({ method, path, parameter, route }) => {
    const good = GOOD_BODIES[route];
    const body = good ? { body: JSON.stringify(good) } : {};
    expectRefused(await ask(method, path, body), { in: "path", path: parameter });
  });

  it.each(RESERVED_IDS)("is refused in an event: %s", async (word) => {
    for (const name of ["eventId", "customerId"]) {
      const body = JSON.stringify([event({}), event({ [name]: word })]);
      expectRefused(await ask("POST", "/events", { body }), { in: "body", path: `/1/${name}` });
    }
  });
});

/** Fields of a body that are texts. */
const textsOf = ({ else: one, properties }: Schema): [string, Schema][] =>
  Object.entries(
    ((one as Schema | undefined)?.properties ?? properties ?? {}) as Record<string, Schema>,
  ).filter(([, { type }]) => type === "string");

describe.each(
  operations.flatMap((operation) => {
    const good = GOOD_BODIES[operation.route];
    return operation.body && good ? [{ ...operation, body: operation.body, good }] : [];
  }),
)("the body of $route", ({ method, path, body, good }) => {
  const send = (text: string) => ask(method, fill(path, KNOWN), { body: text });
  const spoilt = (name: string, json: string) =>
    `{${Object.entries({ ...good, [name]: "" })
      .map(([field, value]) => `"${field}":${field === name ? json : JSON.stringify(value)}`)
      .join(",")}}`;
  const texts = textsOf(body);

  it.each(texts)("refuses in %s what is no text, and what is too long", async (name, { maxLength = 254 }) => {
    const long = JSON.stringify("a".repeat(Number(maxLength) + 1));
    for (const json of ['"a\\ud800"', '"a\\u0000"', '"a\\u0085"', '""', "5", long]) {
      expectRefused(await send(spoilt(name, json)), { in: "body", path: `/${name}` }, `${name} ${json}`);
    }
    const reply = await send(spoilt(name, '"a\ufffd"'));
    expect([reply.status, problem(reply).code]).toEqual([400, "BODY_NOT_JSON"]);
  });

  it("refuses equal keys, names that are no text, and depth", async () => {
    const deep = `${"[".repeat(200)}${"]".repeat(200)}`;
    for (const json of ['{"a":1,"a":2}', '{"a\\udfff":1}', '{"__proto__":1}', `{"a":${deep}}`]) {
      const name = path === "/events" ? "detail" : "attributes";
      const text = path === "/data" ? json : spoilt(name, json);
      expect((await send(text)).status, text).toBe(400);
    }
  });
});

/** The texts of a query; times, ids and words of a list are refused for what they are. */
const queries = operations.flatMap((operation) =>
  operation.parameters.flatMap((parameter) => {
    const { type, items } = parameter.schema as { type?: string; items?: Schema };
    return parameter.in === "query" && (type === "string" || items?.type === "string")
      ? [{ ...operation, name: parameter.name, schema: items ?? parameter.schema }]
      : [];
  }),
);

describe.each(queries)("the parameter $name of $route", ({ method, path, name, schema, parameters }) => {
  it("is refused where it is no text or too long", async () => {
    const others = parameters
      .filter((other) => other.in === "query" && other.required && other.name !== name)
      .map((other) => `${other.name}=${(other.schema.enum as string[] | undefined)?.[0] ?? "a"}`);
    const long = "a".repeat(Number(schema.maxLength ?? 100) + 1);
    for (const value of ["a%EF%BF%BD", "%ff", "a%ED%A0%80", "a%00", "a%0A", "a%C2%85", long]) {
      const query = [...others, `${name}=${value}`].join("&");
      const reply = await ask(method, `${fill(path, KNOWN)}?${query}`);
      expect(reply.status, `${query.slice(0, 200)} ${reply.text.slice(0, 200)}`).toBe(400);
      if (problem(reply).code === "CURSOR_INVALID") continue;
      expect(problem(reply).errors?.every((fault) => fault.in === "query")).toBe(true);
    }
  });
});

describe.each(operations)("$route", ({ method, path, isPublic, route }) => {
  it("refuses with problem+json who has no token, no role or no organization", async () => {
    const bare = await token([]);
    const nowhere = await token(["admin"], { organizationId: null });
    const answers = await Promise.all(
      ["", "x", bare, nowhere].map((token) => ask(method, fill(path, KNOWN), { token })),
    );

    if (isPublic) expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    else expect(answers.map(({ status }) => status)).toEqual([401, 401, 403, 403]);
  });

  it("is no route with another method", async () => {
    const others = ["GET", "POST", "PUT", "PATCH", "DELETE"].filter(
      (other) => !operations.some((known) => known.method === other && known.path === path),
    );
    for (const other of others) {
      const reply = await ask(other, fill(path, KNOWN));
      expect([reply.status, problem(reply).code], `${route} ${other}`).toEqual([404, "ROUTE_NOT_FOUND"]);
    }
  });
});

describe("an answer 202 with a job", () => {
  it("says where to ask for it and when, and so does the job while it runs", async () => {
    const large = await token(["admin"], { organizationId: "large" });
    const events = Array.from({ length: 20 }, () => event({ detail: "x".repeat(45_000) }));
    for (let part = 0; part < 5; part += 1) {
      expect((await ask("POST", "/events", { token: large, body: JSON.stringify(events) })).status).toBe(202);
    }
    const reply = await eventually(
      () => ask("GET", "/events/export", { token: large }),
      ({ status }) => status === 202,
    );

    const { location = "", "retry-after": retryAfter } = reply.headers;
    expect(retryAfter).toMatch(/^\d+$/);
    expect(JSON.parse(reply.text)).toMatchObject({ status: "running" });
    const job = await eventually(
      () => ask("GET", location, { token: large }),
      ({ status, text, headers }) => {
        const isRunning = JSON.parse(text).status === "running";
        expect([status, headers["retry-after"] !== undefined]).toEqual([200, isRunning]);
        return !isRunning;
      },
    );
    expect(JSON.parse(job.text)).toMatchObject({ status: "succeeded", rows: 100 });
  });
});
