// Rules for every workflow and composite action of .github, beside those of actionlint.
import { parse } from "yaml";

type Fields = Readonly<Record<string, unknown>>;

const fieldsOf = (value: unknown): Fields =>
  typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Fields) : {};

const listOf = (value: unknown): Fields[] => (Array.isArray(value) ? value.map(fieldsOf) : []);

const STRICT_SHELL = "bash --noprofile --norc -euo pipefail {0}";
const OWN_BRANCH = "github.event.pull_request.head.repo.full_name == github.repository";
const PINNED = /^[\w.-]+\/[\w./-]+@[0-9a-f]{40}$/;
const VERSIONED = /@[0-9a-f]{40} # v\d+\.\d+\.\d+$/;

/** Events for which a fork's author decides what runs with this repository's rights. */
const DANGEROUS_EVENTS = ["pull_request_target", "workflow_run", "issue_comment"];

const eventsOf = (on: unknown): string[] => {
  if (typeof on === "string") return [on];
  return Array.isArray(on) ? on.map(String) : Object.keys(fieldsOf(on));
};

/** Every step and every called workflow of a file: jobs, their steps, and a composite action's steps. */
const callsOf = (file: Fields): Fields[] => [
  ...Object.values(fieldsOf(file.jobs)).flatMap((job) => [fieldsOf(job), ...listOf(fieldsOf(job).steps)]),
  ...listOf(fieldsOf(file.runs).steps),
];

const ofText = (text: string): string[] => {
  const faults: string[] = [];
  for (const [region] of text.matchAll(/\b(us|eu|ap|ca|sa|me|af|il|mx)(-gov)?-[a-z]+-\d\b/g)) {
    faults.push(`names the region ${region}`);
  }
  for (const [account] of text.matchAll(/(?<![0-9a-f])[0-9]{12}(?![0-9a-f])/g)) {
    faults.push(`names the account ${account}`);
  }
  for (const [secret] of text.matchAll(/\bsecrets\b(?!\.GITHUB_TOKEN\b)[.[:]\s*[\w'"]+/g)) {
    faults.push(`uses ${secret}`);
  }
  for (const line of text.split("\n")) {
    if (/\buses: (?!\.\/)/.test(line) && !VERSIONED.test(line)) {
      faults.push(`does not say the version in a comment: ${line.trim()}`);
    }
  }
  return faults;
};

const ofCalls = (file: Fields): string[] =>
  callsOf(file).flatMap(({ uses, run, with: given }) => {
    const faults: string[] = [];
    if (typeof uses === "string" && !uses.startsWith("./") && !PINNED.test(uses)) {
      faults.push(`does not pin ${uses} by its commit`);
    }
    for (const script of [run, fieldsOf(given).script]) {
      if (typeof script === "string" && script.includes("${{")) {
        faults.push(`puts an expression into a script instead of env: ${script.trim().split("\n")[0]}`);
      }
    }
    if (typeof uses === "string" && uses.startsWith("actions/checkout@")) {
      if (fieldsOf(given)["persist-credentials"] !== false) {
        faults.push("leaves the checkout's credentials on disk");
      }
    }
    return faults;
  });

const ofJob = (name: string, job: Fields, events: readonly string[], grouped: boolean): string[] => {
  const faults: string[] = [];
  const permissions = fieldsOf(job.permissions);
  const hasCredentials = permissions["id-token"] === "write";
  if (job.permissions === undefined || typeof job.permissions === "string") {
    faults.push(`${name}: has no permissions of its own`);
  }
  if (job.uses === undefined && typeof job["timeout-minutes"] !== "number") {
    faults.push(`${name}: has no timeout-minutes`);
  }
  if (!hasCredentials) return faults;
  // A called workflow runs in its caller's group.
  if (!grouped && !events.includes("workflow_call") && job.concurrency === undefined) {
    faults.push(`${name}: has credentials and no concurrency group`);
  }
  if (events.includes("pull_request") && !String(job.if).includes(OWN_BRANCH)) {
    faults.push(`${name}: gives credentials to pull requests of forks`);
  }
  if (job.uses === undefined && job.environment === undefined) {
    faults.push(`${name}: has credentials outside of a GitHub environment`);
  }
  if (listOf(job.steps).some(({ run }) => typeof run === "string" && /\b(npm|npx)\b/.test(run))) {
    faults.push(`${name}: runs packages where there are credentials`);
  }
  return faults;
};

/** One sentence for each rule that the workflow breaks. */
export const faultsOfWorkflow = (text: string): string[] => {
  const file = fieldsOf(parse(text));
  const events = eventsOf(file.on);
  const jobs = Object.entries(fieldsOf(file.jobs));
  const faults = [...ofText(text), ...ofCalls(file)];
  for (const event of events) {
    if (DANGEROUS_EVENTS.includes(event)) faults.push(`runs on ${event}`);
  }
  if (file.permissions === undefined || Object.keys(fieldsOf(file.permissions)).length > 0) {
    faults.push("gives permissions to all jobs at once");
  }
  const hasScripts = jobs.some(([, job]) => listOf(fieldsOf(job).steps).some(({ run }) => run !== undefined));
  if (hasScripts && fieldsOf(fieldsOf(file.defaults).run).shell !== STRICT_SHELL) {
    faults.push(`has scripts, and not the shell ${STRICT_SHELL}`);
  }
  const grouped = file.concurrency !== undefined;
  if (events.includes("pull_request") && fieldsOf(file.concurrency)["cancel-in-progress"] !== true) {
    faults.push("does not cancel a pull request's older runs");
  }
  return [...faults, ...jobs.flatMap(([name, job]) => ofJob(name, fieldsOf(job), events, grouped))];
};

/** One sentence for each rule that the composite action breaks. */
export const faultsOfAction = (text: string): string[] => {
  const file = fieldsOf(parse(text));
  const shells = listOf(fieldsOf(file.runs).steps).filter(
    ({ run, shell }) => run !== undefined && shell !== STRICT_SHELL,
  );
  return [...ofText(text), ...ofCalls(file), ...shells.map(() => `has a script without ${STRICT_SHELL}`)];
};

/** All scripts of a workflow or action. */
export const scriptsOf = (text: string): string[] =>
  callsOf(fieldsOf(parse(text))).flatMap(({ run }) => (typeof run === "string" ? [run] : []));

export type LocalCall = { path: string; inputs: string[] };

/** What a file calls of this repository, and with which inputs. */
export const localCallsOf = (text: string): LocalCall[] =>
  callsOf(fieldsOf(parse(text))).flatMap(({ uses, with: given }) =>
    typeof uses === "string" && uses.startsWith("./")
      ? [{ path: uses, inputs: Object.keys(fieldsOf(given)) }]
      : [],
  );

/** Names of a called workflow's or action's inputs, and of those that have to be given. */
export const inputsOf = (text: string): { all: string[]; required: string[] } => {
  const file = fieldsOf(parse(text));
  const inputs = Object.entries({
    ...fieldsOf(file.inputs),
    ...fieldsOf(fieldsOf(fieldsOf(file.on).workflow_call).inputs),
  });
  return {
    all: inputs.map(([name]) => name),
    required: inputs.filter(([, input]) => fieldsOf(input).required === true).map(([name]) => name),
  };
};
