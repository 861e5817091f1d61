// A deployment as its callers see it: an origin, and what it answers.

/** Longer than the gateway's own 29 seconds. */
const ANSWER_MS_MAX = 35_000;

export type Answer = { status: number; contentType: string; requestId: string; body: unknown };

export type Question = {
  method?: "GET" | "POST" | "PUT" | "DELETE";
  token?: string | undefined;
  body?: unknown;
  idempotencyKey?: string;
};

export type Platform = { ask: (path: string, question?: Question) => Promise<Answer> };

const parse = (text: string): unknown => {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
};

export const platformAt = (origin: string): Platform => ({
  async ask(path, { method = "GET", token, body, idempotencyKey } = {}) {
    const response = await fetch(`${origin}${path}`, {
      method,
      redirect: "manual",
      signal: AbortSignal.timeout(ANSWER_MS_MAX),
      headers: {
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(idempotencyKey === undefined ? {} : { "idempotency-key": idempotencyKey }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return {
      status: response.status,
      contentType: response.headers.get("content-type") ?? "",
      requestId: response.headers.get("x-request-id") ?? "",
      body: parse(await response.text()),
    };
  },
});
