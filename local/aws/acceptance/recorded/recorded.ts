import type { S3Client } from "@aws-sdk/client-s3";
import { expect, it } from "vitest";
import { freshName } from "../emulator.ts";

/** Answers of AWS that LocalStack recorded and published: the names of its tests, and the number of answers. */
export type RecordedCase = { service: string; theme: string; source: string; answers: number };

const cases: RecordedCase[] = [];
export const recordedCases = (): readonly RecordedCase[] => cases;

type Answer = Record<string, unknown>;

/** An error as it is recorded: its code and the elements beside it. */
export const refused = (status: number, Code: string, more: Answer = {}): Answer => ({
  status,
  Code,
  ...more,
});
export const done = (status = 200, more: Answer = {}): Answer => ({ status, ...more });

/** Replaces ids that the service makes by the order in which they appear: `v1`, `v2`; uploads `u1`. */
const namer = () => {
  const names = new Map<string, string>();
  const counts: Record<string, number> = {};
  const nameOf = (kind: string, id: string): string => {
    const known = names.get(id);
    if (known !== undefined) return known;
    const number = (counts[kind] ?? 0) + 1;
    counts[kind] = number;
    const name = `${kind}${number}`;
    names.set(id, name);
    return name;
  };
  const kinds: Record<string, string> = {
    VersionId: "v",
    DeleteMarkerVersionId: "v",
    CopySourceVersionId: "v",
    NextVersionIdMarker: "v",
    UploadId: "u",
    NextUploadIdMarker: "u",
  };
  const walk = (value: unknown, name = ""): unknown => {
    if (Array.isArray(value)) return value.map((one) => walk(one, name));
    if (typeof value === "string") {
      const kind = kinds[name];
      return kind === undefined || value === "null" || value === "" ? value : nameOf(kind, value);
    }
    if (typeof value !== "object" || value === null || value instanceof Date) return value;
    return Object.fromEntries(Object.entries(value).map(([key, one]) => [key, walk(one, key)]));
  };
  return walk;
};

const statusOf = (metadata: unknown): unknown =>
  typeof metadata === "object" && metadata !== null ? Reflect.get(metadata, "httpStatusCode") : undefined;

const bodyOf = async (body: unknown): Promise<unknown> => {
  const read: unknown =
    typeof body === "object" && body !== null ? Reflect.get(body, "transformToString") : undefined;
  return typeof read === "function" ? read.call(body) : undefined;
};

/**
 * Adds the names that are expected to be absent as undefined, so that both sides have the same names.
 */
const withAbsent = (expected: Readonly<Record<string, Answer>>, outcomes: Record<string, Answer>) =>
  Object.fromEntries(
    Object.entries(outcomes).map(([name, answer]) => {
      const absent = Object.entries(expected[name] ?? {}).filter(([, value]) => value === undefined);
      return [name, { ...Object.fromEntries(absent), ...answer }];
    }),
  );

/** The outcome of a call, an output or an error, as one record. */
const outcomeOf = async (call: Promise<object>): Promise<Answer> => {
  try {
    const { $metadata, Body, ...answer } = (await call) as Answer;
    const text = await bodyOf(Body);
    return { ...answer, ...(text === undefined ? {} : { Body: text }), status: statusOf($metadata) };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    // Only the elements of the error's document, because the SDK adds objects of its own.
    const fields = Object.getOwnPropertyNames(error)
      .map((name): [string, unknown] => [name, Reflect.get(error, name)])
      .filter(([name, value]) => name !== "stack" && typeof value !== "object");
    return {
      ...Object.fromEntries(fields),
      Code: error.name,
      Message: error.message,
      status: statusOf(Reflect.get(error, "$metadata")),
    };
  }
};

export type Recording = {
  s3: S3Client;
  /** A bucket name that no other test uses. */
  Bucket: string;
  /** Makes a call, keeps its outcome under the name of the recorded answer, and returns the outcome. */
  say(name: string, call: Promise<object>): Promise<Answer>;
};

/** Recorded answers of a service about one subject. */
export const recordings =
  (service: string, theme: string, s3: () => S3Client) =>
  (
    source: string,
    title: string,
    expected: Readonly<Record<string, Answer>>,
    run: (recording: Recording) => Promise<void>,
  ): void => {
    cases.push({ service, theme, source, answers: Object.keys(expected).length });
    it(`${title} (${source})`, async () => {
      const outcomes: Record<string, Answer> = {};
      const name = namer();
      const say = async (what: string, call: Promise<object>) => {
        const answer = await outcomeOf(call);
        outcomes[what] = name(answer) as Answer;
        return answer;
      };

      await run({ s3: s3(), Bucket: freshName("recorded"), say });

      expect(withAbsent(expected, outcomes)).toMatchObject(expected);
    });
  };

const text = (value: unknown): string => (typeof value === "string" ? value : "");
export const tagOf = (answer: Answer): string => text(answer.ETag);
export const versionOf = (answer: Answer): string => text(answer.VersionId);
