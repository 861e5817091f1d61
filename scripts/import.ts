import { createReadStream, statSync } from "node:fs";
import { basename, join } from "node:path";
import { Readable } from "node:stream";
import { setTimeout } from "node:timers/promises";
import { packingOf } from "#common/csv/unpack.ts";
import { isOrganizationId } from "#common/ids/organization-id.ts";
import { sharedNow } from "#local/clock-file.ts";
import { LOCAL_ISSUER, openIssuer } from "#local/issuer/issuer.ts";
import { printHelp, readOptions, refuse } from "./options.ts";

const POLL_MS = 500;
const DIFFERENCES_SHOWN = 20;
const TOKEN_SECONDS = 12 * 60 * 60;

type Import = {
  id: string;
  status: string;
  rows: number;
  added: number;
  changed: number;
  unchanged: number;
  rejected: number;
  bytes: number;
  bytesRead: number;
  secondsLeft?: number;
  seconds: number;
  reason?: { code: string; line?: number; message: string };
  upload: { url: string; method: string; headers: Record<string, string> };
};
type Field = { name: string; before: unknown; after: unknown };
type Change = { line: number; verdict: string; fields: Field[]; [column: string]: unknown };
type Reject = { line: number; errors: { column: string | null; code: string; message: string }[] };

export type ImportArguments = {
  file: string;
  organization: string;
  service: string;
  dryRun: boolean;
  url: string;
  data: string;
};

/** The arguments, or one sentence for each thing that is wrong with them. */
export const readImportArguments = (
  argv: readonly string[],
): { faults: string[]; asked?: ImportArguments } => {
  const { values, arguments: named, faults } = readOptions("import", argv);
  const { organization = "", service, url, data = join(import.meta.dirname, "..", ".millrace") } = values;
  const [file = "", ...more] = named;
  if (file === "" || more.length > 0) faults.push("Name one file.");
  else if (packingOf(file) === undefined) {
    faults.push(`The file's name must end in .csv, .csv.gz or .csv.zst, got "${file}".`);
  } else if (!statSync(file, { throwIfNoEntry: false })?.isFile()) {
    faults.push(`There is no file ${file}.`);
  }
  if (!isOrganizationId(organization)) {
    faults.push(`--organization must say whose file it is, got "${organization}".`);
  }
  if (!URL.canParse(url)) faults.push(`--url must be a URL, got "${url}".`);
  if (faults.length > 0) return { faults };
  return { faults, asked: { file, organization, service, dryRun: values["dry-run"], url, data } };
};

const progressOf = ({ status, rows, bytes, bytesRead, secondsLeft }: Import): string => {
  const share = bytes === 0 ? 100 : Math.floor((bytesRead / bytes) * 100);
  const left = secondsLeft === undefined ? "" : `, ${secondsLeft} s left`;
  return `${status}: ${share} %, ${rows.toLocaleString("en-US")} rows${left}`;
};

const textOf = (value: unknown): string =>
  value === null || value === undefined
    ? "nothing"
    : typeof value === "string"
      ? value
      : JSON.stringify(value);

const differenceOf = ({ line, verdict, fields, ...columns }: Change): string => {
  const row = Object.values(columns).map(textOf).join(" ");
  const what = fields.map(({ name, before, after }) =>
    verdict === "added" ? `${name} ${textOf(after)}` : `${name} ${textOf(before)} -> ${textOf(after)}`,
  );
  return `  line ${line}: ${verdict} ${row}: ${what.join(", ")}`;
};

/** Uploads a file and follows its import to its end; the exit code is 1 unless it completed. */
export const importFile = async (
  { file, organization, service, dryRun, url, data }: ImportArguments,
  print: (line: string) => void,
): Promise<number> => {
  const issuer = await openIssuer({ folder: data, origin: LOCAL_ISSUER, now: () => sharedNow(data) });
  const token = await issuer.sign({
    sub: "import",
    roles: ["imports.read", "imports.write"],
    ttlSeconds: TOKEN_SECONDS,
    organizationId: organization,
  });
  const ask = async <T>(method: string, path: string, body?: object): Promise<T> => {
    const answer = await fetch(new URL(path, url), {
      method,
      headers: { authorization: `Bearer ${token}` },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path} answered ${answer.status}: ${text}`);
    // What the platform's own routes answer.
    return JSON.parse(text) as T;
  };

  const bytes = statSync(file).size;
  const announced = await ask<Import>("POST", "/imports", {
    service,
    fileName: basename(file),
    bytes,
    dryRun,
  });
  const { upload, id } = announced;
  const put = await fetch(upload.url, {
    method: upload.method,
    headers: upload.headers,
    body: Readable.toWeb(createReadStream(file)) as ReadableStream,
    duplex: "half",
  } as RequestInit);
  if (!put.ok) throw new Error(`The upload answered ${put.status}: ${await put.text()}`);

  let shown = "";
  let now: Import;
  for (;;) {
    now = await ask<Import>("GET", `/imports/${id}`);
    const progress = progressOf(now);
    if (progress !== shown) print(progress);
    shown = progress;
    if (["completed", "failed", "cancelled", "undone"].includes(now.status)) break;
    await setTimeout(POLL_MS);
  }
  const { rows, added, changed, unchanged, rejected, reason } = now;
  print(
    `import ${id}${dryRun ? " (a dry run)" : ""}: ${rows} rows, ${added} added, ${changed} changed, ${unchanged} unchanged, ${rejected} rejected`,
  );
  if (reason) {
    print(
      `failed: ${reason.code}${reason.line === undefined ? "" : ` in line ${reason.line}`}: ${reason.message}`,
    );
  }
  if (rejected > 0) {
    const { items } = await ask<{ items: Reject[] }>(
      "GET",
      `/imports/${id}/rejects?limit=${DIFFERENCES_SHOWN}`,
    );
    for (const { line, errors } of items) {
      for (const { column, code, message } of errors) {
        print(`  line ${line}: ${column ?? "row"} ${message} (${code})`);
      }
    }
  }
  if (dryRun) {
    const path = `/imports/${id}/changes?limit=${DIFFERENCES_SHOWN}`;
    const { items, cursor } = await ask<{ items: Change[]; cursor: string | null }>("GET", path);
    for (const change of items) print(differenceOf(change));
    if (cursor !== null) print(`  more: GET /imports/${id}/changes, or ?format=csv`);
  }
  return now.status === "completed" ? 0 : 1;
};

const main = async (): Promise<void> => {
  const argv = process.argv.slice(2);
  if (printHelp("import", argv)) return;
  const { faults, asked } = readImportArguments(argv);
  if (!asked) return refuse(faults);
  try {
    process.exitCode = await importFile(asked, (line) => process.stdout.write(`${line}\n`));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    process.exitCode = 1;
  }
};

if (import.meta.main) await main();
