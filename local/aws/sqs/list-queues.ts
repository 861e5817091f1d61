import { optionalInteger, optionalText } from "../port/input.ts";
import type { Operation } from "../port/service.ts";
import { invalid, type Sqs } from "./context.ts";

const PAGE_MAX = 1000;

/** A page only where `MaxResults` asks for one, as in AWS; the token names the last queue of the page before. */
export const page = (
  names: readonly string[],
  input: Parameters<Operation>[0],
): { names: string[]; token: { NextToken?: string } } => {
  const max = optionalInteger(input, "MaxResults", { min: 1, max: PAGE_MAX });
  const token = optionalText(input, "NextToken");
  const after = token === undefined ? "" : Buffer.from(token, "base64url").toString();
  if (token !== undefined && max === undefined)
    throw invalid("MaxResults is a mandatory parameter when you provide a value for NextToken.");
  const rest = names.filter((name) => name > after).sort();
  const shown = rest.slice(0, max ?? PAGE_MAX);
  const last = shown.at(-1);
  return {
    names: shown,
    token:
      max !== undefined && last !== undefined && rest.length > shown.length
        ? { NextToken: Buffer.from(last).toString("base64url") }
        : {},
  };
};

export const listQueues =
  ({ queues, urlOf }: Sqs): Operation =>
  (input, call) => {
    call.authorize("sqs:ListQueues", queues.arnOf("*"));
    const prefix = optionalText(input, "QueueNamePrefix") ?? "";
    const all = queues.all().map(({ name }) => name);
    const { names, token } = page(
      all.filter((name) => name.startsWith(prefix)),
      input,
    );
    return { ...(names.length === 0 ? {} : { QueueUrls: names.map((name) => urlOf(name, call)) }), ...token };
  };
