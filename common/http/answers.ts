/** JSON text that is sent as it is: what was stored as text is not parsed to be written again. */
export class RawJson {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** Text of another content type, which the answer's headers name. */
export class RawText {
  readonly text: string;
  constructor(text: string) {
    this.text = text;
  }
}

/** What an action answers; the stack makes API Gateway's form of it. An `undefined` body has no content. */
export type Answer = { status: number; body?: unknown; headers?: Record<string, string> };

export const ok = (body: unknown): Answer => ({ status: 200, body });
export const created = (body: unknown): Answer => ({ status: 201, body });
export const accepted = (body: unknown): Answer => ({ status: 202, body });
/** Work that goes on: where to ask for it, and after how many seconds. */
export const underWay = (body: unknown, location: string, retryAfterSeconds: number): Answer => ({
  status: 202,
  body,
  headers: { location, "retry-after": String(retryAfterSeconds) },
});
/** The answer with the strong entity tag of what it shows. */
export const tagged = (answer: Answer, etag: string): Answer => ({
  ...answer,
  headers: { ...answer.headers, etag },
});
export const noContent = (): Answer => ({ status: 204 });
