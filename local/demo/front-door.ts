import { setTimeout } from "node:timers/promises";

const TRIES_MAX = 8;

/** Tries again what failed for the moment, as under `--chaos`: all that the demo sends may be sent twice. */
export const makeSend =
  (url: string, token: string) =>
  async (
    method: string,
    path: string,
    body?: unknown,
    more: Record<string, string> = {},
  ): Promise<Response> => {
    const headers = { authorization: `Bearer ${token}`, "content-type": "application/json", ...more };
    const init = { method, headers, ...(body === undefined ? {} : { body: JSON.stringify(body) }) };
    for (let tries = 1; ; tries += 1) {
      const answer = await fetch(`${url}${path}`, init);
      if (answer.ok || answer.status === 404) return answer;
      const text = await answer.text();
      const mayPass = answer.status >= 500 || answer.status === 429;
      if (!mayPass || tries === TRIES_MAX) {
        throw new Error(`${method} ${path} answered ${answer.status}: ${text}`);
      }
      await setTimeout(100 * tries);
    }
  };

export type Send = ReturnType<typeof makeSend>;
