import { describe, expect, it } from "vitest";
import { callerContext, type RestRequest } from "#common/testing/lambda-events.ts";
import { startFunction } from "#local/testing/start-function.ts";

const customers = await startFunction("events-customers");
const sent = () => customers.sent("events-audit");

type Headers = Record<string, string>;

const call = async (route: string, over: Partial<RestRequest> = {}) => {
  const authorizer = callerContext({ roles: "admin" });
  const { status, headers, json } = await customers.ask({ route, authorizer, ...over });
  return { status, etag: String(headers?.etag), json };
};

let serial = 0;
/** A customer that no other test has, and what can be asked of it. */
const newCustomer = () => {
  serial += 1;
  const params = { customerId: `c${serial}` };
  return {
    id: params.customerId,
    put: (body: unknown, headers: Headers = {}) =>
      call("PUT /customers/{customerId}", { params, body, headers }),
    get: () => call("GET /customers/{customerId}", { params }),
    erase: (headers: Headers = {}) => call("DELETE /customers/{customerId}", { params, headers }),
  };
};
const faultsOf = ({ json }: { json: { errors: { in: string; path: string }[] } }) =>
  json.errors.map((fault) => `${fault.in} ${fault.path}`).sort();

describe("a customer's entity tag", () => {
  it("is strong, is that of the version, and comes with PUT and GET", async () => {
    const { put, get } = newCustomer();

    const made = await put({ name: "Ann" });
    const same = await put({ name: "Ann" });
    const replaced = await put({ name: "Anna" });

    expect([made.status, same.status, replaced.status]).toEqual([201, 200, 200]);
    expect(made.etag).toMatch(/^"[\w-]{22}"$/);
    expect(same.etag).toBe(made.etag);
    expect(replaced.etag).not.toBe(made.etag);
    expect((await get()).etag).toBe(replaced.etag);
  });

  it("is another after the customer was erased and made again with the same profile", async () => {
    const { put, erase } = newCustomer();
    const before = await put({ name: "Ann" });
    await erase();

    expect((await put({ name: "Ann" })).etag).not.toBe(before.etag);
  });
});

describe("If-Match", () => {
  it("lets a PUT and a DELETE be done on the version that it names, alone or in a list, and on any with *", async () => {
    const { put, erase } = newCustomer();
    const first = await put({ name: "Ann" });

    const second = await put({ name: "Bea" }, { "if-match": first.etag });
    const third = await put({ name: "Cleo" }, { "If-Match": `"other", W/"weak" , ${second.etag}` });
    const fourth = await put({ name: "Dora" }, { "if-match": "*" });

    expect([second.status, third.status, fourth.status]).toEqual([200, 200, 200]);
    expect((await erase({ "if-match": fourth.etag })).status).toBe(204);
  });

  it("is 412 on another version, on its weak tag and where nothing stands, and changes nothing", async () => {
    const { put, get, erase } = newCustomer();
    for (const condition of ["*", '"any"']) {
      expect(await put({ name: "Ann" }, { "if-match": condition })).toMatchObject({
        status: 412,
        json: { code: "PRECONDITION_FAILED", title: "Precondition Failed" },
      });
    }
    const first = await put({ name: "Ann" });
    const second = await put({ name: "Bea" });
    await sent();

    for (const condition of [first.etag, `W/${second.etag}`]) {
      expect((await put({ name: "Cleo" }, { "if-match": condition })).status).toBe(412);
      expect((await erase({ "if-match": condition })).status).toBe(412);
    }

    expect(await sent()).toEqual([]);
    expect(await get()).toMatchObject({ etag: second.etag, json: { name: "Bea" } });
  });

  it("is 404 on a DELETE of what is not there, as without it", async () => {
    expect((await newCustomer().erase({ "if-match": "*" })).status).toBe(404);
  });

  it("lets exactly one of eight at once win", async () => {
    const { put, get } = newCustomer();
    const { etag } = await put({ name: "Ann" });

    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, at) => put({ name: `Ann Number${at}` }, { "if-match": etag })),
    );

    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(7).fill(412)]);
    expect((await get()).json).toEqual(answers.find(({ status }) => status === 200)?.json);
  });
});

describe("If-None-Match", () => {
  it("of * creates only: of eight at once one does, and none replaces", async () => {
    const { put, get } = newCustomer();

    const answers = await Promise.all(
      Array.from({ length: 8 }, (_, at) => put({ name: `Ann Number${at}` }, { "if-none-match": "*" })),
    );

    expect(answers.map(({ status }) => status).sort()).toEqual([201, ...Array(7).fill(412)]);
    expect((await get()).json).toEqual(answers.find(({ status }) => status === 201)?.json);
  });

  it("of tags is 412 on the version that one of them names, weak or not", async () => {
    const { put } = newCustomer();
    const { etag } = await put({ name: "Ann" });

    expect((await put({ name: "Bea" }, { "if-none-match": `"x", W/${etag}` })).status).toBe(412);
    expect((await put({ name: "Bea" }, { "if-none-match": '"x"' })).status).toBe(200);
  });
});

describe("PUT /customers/{customerId}", () => {
  it("eight at once without a condition ends with one of those that were answered, whole", async () => {
    const { put, get } = newCustomer();

    const answers = await Promise.all(Array.from({ length: 8 }, (_, at) => put({ name: `Ann Number${at}` })));

    for (const { status } of answers) expect([200, 201, 409]).toContain(status);
    expect(answers.filter(({ status }) => status === 201)).toHaveLength(1);
    const { json, etag } = await get();
    expect(answers).toContainEqual(expect.objectContaining({ json, etag }));
  });

  it("names every fault of body and headers", async () => {
    const { put } = newCustomer();
    const body = '{"name":"a\\u0000","email":"x","attributes":{"n":1e400},"more":1}';

    const answer = await put(body, { "if-match": "abc", "if-none-match": '"a" "b"' });

    expect(answer.status).toBe(400);
    expect(faultsOf(answer)).toEqual([
      "body /attributes/n",
      "body /email",
      "body /more",
      "body /name",
      "header /if-match",
      "header /if-none-match",
    ]);
    expect(await sent()).toEqual([]);
  });

  it.each([" ", "\u00a0\u3000", "\u200b\u200d\ufeff", "\u3164", "\u2800"])(
    "refuses a name of which nothing can be seen: %j",
    async (name) => {
      const answer = await newCustomer().put({ name });

      expect(answer.status).toBe(400);
      expect(faultsOf(answer)).toEqual(["body /name"]);
    },
  );

  it("keeps a name as it is sent, blanks around it and all", async () => {
    const { put, get } = newCustomer();

    expect((await put({ name: " Ann  Huber " })).json.name).toBe(" Ann  Huber ");
    expect((await get()).json.name).toBe(" Ann  Huber ");
  });

  it("names the second of two equal keys", async () => {
    const answer = await newCustomer().put('{"name":"Ann","attributes":{"tier":"gold","tier":"none"}}');

    expect(answer.status).toBe(400);
    expect(faultsOf(answer)).toEqual(["body /attributes/tier"]);
  });
});

describe("DELETE /customers/{customerId}", () => {
  it("is 204 and 404 from then on, and sends an event for the one that was done", async () => {
    const { id, put, get, erase } = newCustomer();
    await put({ name: "Ann" });
    await sent();

    expect([(await erase()).status, (await erase()).status, (await get()).status]).toEqual([204, 404, 404]);

    const changes = await sent();
    expect(changes.filter(({ description }) => description.includes("erased"))).toMatchObject([
      { detail: { change: "customer_erased", customerId: id, version: 1 } },
    ]);
  });
});

describe("GET /customers/{customerId}", () => {
  it("is recorded when there is one to read", async () => {
    const { id, put, get } = newCustomer();
    expect((await get()).status).toBe(404);
    await put({ name: "Ann" });
    await sent();

    expect(await get()).toMatchObject({
      status: 200,
      json: { customerId: id, organizationId: "demo", name: "Ann" },
    });

    expect(await sent()).toMatchObject([
      {
        type: "audit",
        actor: "user-1",
        detail: { route: "GET /customers/{customerId}", filters: { customerId: id } },
      },
    ]);
  });
});

describe("GET /customers", () => {
  it("honours limit when q has several words: full pages, in which each that matches stands once", async () => {
    for (let at = 0; at < 7; at += 1) await newCustomer().put({ name: `Zelda Quill Zeldine${at}` });
    await newCustomer().put({ name: "Zelda Other" });

    const sizes: number[] = [];
    const names: string[] = [];
    let cursor: string | null = null;
    do {
      const query = { q: "zel quill", limit: "3", ...(cursor === null ? {} : { cursor }) };
      const { status, json } = await call("GET /customers", { query });
      expect(status).toBe(200);
      sizes.push(json.items.length);
      names.push(...json.items.map(({ name }: { name: string }) => name));
      ({ cursor } = json);
    } while (cursor !== null);

    expect(sizes).toEqual([3, 3, 1]);
    expect(names.sort()).toEqual(Array.from({ length: 7 }, (_, at) => `Zelda Quill Zeldine${at}`));
  });
});

describe("a refused request for customers", () => {
  it.each<[string, Partial<RestRequest>, string]>([
    ["GET /customers", { query: { q: "!" } }, "query /q"],
    ["GET /customers", { query: { limit: "Infinity" } }, "query /limit"],
    ["GET /customers/{customerId}", { params: { customerId: "a%20b" } }, "path /customerId"],
    ["GET /customers/{customerId}", { params: { customerId: "%zz" } }, "path /customerId"],
  ])("is no read: %s with %j", async (route, request, place) => {
    const answer = await call(route, request);

    expect(answer.status).toBe(400);
    expect(faultsOf(answer)).toEqual([place]);
    expect(await sent()).toEqual([]);
  });

  it("is no read with a cursor that was not made for it", async () => {
    const { json } = await call("GET /customers", { query: { cursor: "altered" } });

    expect(json.code).toBe("CURSOR_INVALID");
    expect(await sent()).toEqual([]);
  });
});
