import { setTimeout as pause } from "node:timers/promises";
import type { Answer, Platform } from "./platform.ts";

export type Context = {
  platform: Platform;
  token: string | undefined;
  /** The token of a user whose roles do not open the data routes. */
  otherToken: string | undefined;
  /** The version that GET /health must answer; undefined: any. */
  release: string | undefined;
  /** How long a change may take to show. */
  deadlineMs: number;
};

export type Check = {
  name: string;
  needs?: "otherToken";
  run: (context: Context) => Promise<void>;
};

const PAUSE_MS_MIN = 100;
const PAUSE_MS_MAX = 2000;
const _PAGES_MAX = 20;

export const answerText = ({ status, body }: Answer): string => {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return `${status} ${text.length > 300 ? `${text.slice(0, 300)} …` : text}`;
};

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export const fieldsOf = (answer: Answer): Record<string, unknown> =>
  isObject(answer.body) ? answer.body : {};

export const expectStatus = (answer: Answer, status: number): void => {
  if (answer.status !== status) throw new Error(`wanted ${status}, got ${answerText(answer)}`);
  if (answer.requestId === "") throw new Error(`the answer ${answerText(answer)} has no x-request-id`);
};

export const expectProblem = (answer: Answer, status: number): void => {
  expectStatus(answer, status);
  if (!answer.contentType.startsWith("application/problem+json")) {
    throw new Error(`wanted application/problem+json, got "${answer.contentType}"`);
  }
  if (fieldsOf(answer).status !== status) {
    throw new Error(`the problem's status is not ${status}: ${answerText(answer)}`);
  }
};

/** Asks again, less and less often, until the answer is accepted or the time is up. */
export const askUntil = async (
  deadlineMs: number,
  ask: () => Promise<Answer>,
  accept: (answer: Answer) => boolean,
): Promise<Answer> => {
  const end = performance.now() + deadlineMs;
  for (let wait = PAUSE_MS_MIN; ; wait = Math.min(wait * 2, PAUSE_MS_MAX)) {
    // A name that does not resolve yet counts as no answer.
    const answer = await ask().catch((error: unknown) => {
      if (performance.now() + wait >= end) throw error;
    });
    if (answer && accept(answer)) return answer;
    if (answer && performance.now() + wait >= end) {
      throw new Error(`not within ${deadlineMs / 1000} s; the last answer was ${answerText(answer)}`);
    }
    await pause(wait);
  }
};
