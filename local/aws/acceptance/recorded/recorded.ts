import type { S3Client } from "@aws-sdk/client-s3";
import { expect, it } from "vitest";
import { freshName } from "../emulator.ts";

/** Answers of AWS that others recorded and published, as facts: which of their tests, and how many answers. */
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

/** Ids that the service makes up, by the order in which they are seen: `v1`, `v2`; uploads `u1`. */
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

/** With the names that are expected to be absent, since a missing name is not one that is undefined. */
const withAbsent = (expected: Readonly<Record<string, Answer>>, heard: Record<string, Answer>) =>
  Object.fromEntries(
    Object.entries(heard).map(([name, answer]) => {
      const absent = Object.entries(expected[name] ?? {}).filter(([, value]) => value === undefined);
      return [name, { ...Object.fromEntries(absent), ...answer }];
    }),
  );

/** What came of a call, error or not, as one record. */
const said = async (call: Promise<object>): Promise<Answer> => {
  try {
    const { $metadata, Body, ...answer } = (await call) as Answer;
    const text = await bodyOf(Body);
    return { ...answer, ...(text === undefined ? {} : { Body: text }), status: statusOf($metadata) };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    // The elements of the error's document; what else the SDK hangs on is not the service's.
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
  /** A bucket's name that nothing else uses. */
  Bucket: string;
  /** Makes a call and keeps what came of it under the name that it was recorded by; answers it as it came. */
  say(name: string, call: Promise<object>): Promise<Answer>;
};

/** One theme of a service's recorded answers. */
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
      const heard: Record<string, Answer> = {};
      const name = namer();
      const say = async (what: string, call: Promise<object>) => {
        const answer = await said(call);
        heard[what] = name(answer) as Answer;
        return answer;
      };

      await run({ s3: s3(), Bucket: freshName("recorded"), say });

      expect(withAbsent(expected, heard)).toMatchObject(expected);
    });
  };

const text = (value: unknown): string => (typeof value === "string" ? value : "");
export const tagOf = (answer: Answer): string => text(answer.ETag);
export const versionOf = (answer: Answer): string => text(answer.VersionId);
