// Has an organization's transactions cleansed again and shows how far that is: `npm run recleanse`.

import { join } from "node:path";
import { isOrganizationId } from "#common/ids/organization-id.ts";
import { sharedNow } from "#local/clock-file.ts";
import { LOCAL_ISSUER, openIssuer } from "#local/issuer/issuer.ts";
import { printHelp, readOptions, refuse } from "./options.ts";

type Cleansing = {
  id: string;
  status: string;
  rows: number;
  rowsDone: number;
  changed: number;
  secondsLeft?: number;
  reason?: string;
};

type Target = { url: string; token: string };

type Arguments = {
  organizationId: string;
  url: string;
  token: string | undefined;
  data: string;
  body: { from?: string; vendor: boolean; dryRun: boolean };
};

/** The arguments, or one sentence for each thing that is wrong with them. */
export const readRecleanseArguments = (
  argv: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): { faults: string[] } | ({ faults: [] } & Arguments) => {
  const { values, faults } = readOptions("recleanse", argv);
  const { organization, from, vendor, "dry-run": dryRun, url, token: variable } = values;
  const { data = join(import.meta.dirname, "..", ".millrace") } = values;
  if (organization === undefined) {
    if (!faults.some((fault) => fault.startsWith("--organization "))) {
      faults.push("--organization is missing: it says whose transactions are cleansed.");
    }
  } else if (!isOrganizationId(organization)) {
    faults.push(`--organization must be an organization's id, got "${organization}".`);
  }
  if (!URL.canParse(url) || !/^https?:$/.test(new URL(url).protocol)) {
    faults.push(`--url must be an http or https URL, got "${url}".`);
  }
  const token = variable === undefined ? undefined : environment[variable]?.trim();
  if (variable !== undefined && !token)
    faults.push(`--token: the environment variable ${variable} is not set.`);
  if (faults.length > 0 || organization === undefined) return { faults };
  const body = { vendor, dryRun, ...(from === undefined ? {} : { from }) };
  return { faults: [], organizationId: organization, url: url.replace(/\/+$/, ""), token, data, body };
};

const localToken = async (organizationId: string, data: string): Promise<string> => {
  const issuer = await openIssuer({ folder: data, origin: LOCAL_ISSUER, now: () => sharedNow(data) });
  return issuer.sign({ sub: "recleanse", organizationId, roles: ["admin"], ttlSeconds: 86_400 });
};

/** A sentence of what the platform refused, with each thing that it says was wrong. */
const refusalOf = (status: number, json: Record<string, unknown>): string => {
  const errors = Array.isArray(json.errors) ? json.errors : [];
  const faults = errors.map(({ path, message }) => ` ${path} ${message}.`).join("");
  return `The platform answered ${status}: ${json.title ?? ""} ${json.detail ?? ""}${faults}`;
};

const ask = async ({ url, token }: Target, path: string, init: RequestInit = {}): Promise<Cleansing> => {
  const headers = { authorization: `Bearer ${token}`, "content-type": "application/json" };
  const response = await fetch(`${url}${path}`, { ...init, headers });
  const json = (await response.json()) as Cleansing & Record<string, unknown>;
  if (!response.ok) throw new Error(refusalOf(response.status, json));
  return json;
};

const POLL_MS = 1_000;

const follow = async (target: Target, body: Arguments["body"]): Promise<Cleansing> => {
  let cleansing = await ask(target, "/cleansings", { method: "POST", body: JSON.stringify(body) });
  let told = "";
  while (cleansing.status === "running") {
    await new Promise((done) => setTimeout(done, POLL_MS));
    cleansing = await ask(target, `/cleansings/${cleansing.id}`);
    const { rows, rowsDone, changed, secondsLeft } = cleansing;
    const left = secondsLeft === undefined ? "" : `, about ${secondsLeft} s left`;
    const line = `${rowsDone} of ${rows} transactions, ${changed} changed${left}`;
    if (line !== told) console.log(line);
    told = line;
  }
  return cleansing;
};

const main = async (): Promise<void> => {
  const argv = process.argv.slice(2);
  if (printHelp("recleanse", argv)) return;
  const asked = readRecleanseArguments(argv, process.env);
  if (!("body" in asked)) return refuse(asked.faults);
  const { organizationId, url, data, body } = asked;
  try {
    const token = asked.token ?? (await localToken(organizationId, data));
    const { status, rows, changed, reason } = await follow({ url, token }, body);
    if (status !== "completed") throw new Error(reason ?? "The cleansing failed.");
    console.log(
      body.dryRun
        ? `${changed} of ${rows} transactions would change.`
        : `${changed} of ${rows} transactions changed.`,
    );
  } catch (error) {
    const isUnreachable = error instanceof TypeError;
    const reason = error instanceof Error ? error.message : String(error);
    console.error(isUnreachable ? `Nothing answers at ${url}: ${reason}.` : reason);
    process.exitCode = 1;
  }
};

if (import.meta.main) await main();
