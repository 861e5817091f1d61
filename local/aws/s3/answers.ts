import type { AwsError } from "../port/errors.ts";
import type { Answer } from "../port/service.ts";
import { element, escapeXml, wrap } from "../port/xml.ts";

const HEAD = '<?xml version="1.0" encoding="UTF-8"?>\n';
const NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/";

export const xmlAnswer = (name: string, inner: string, headers: Record<string, string> = {}): Answer => ({
  status: 200,
  headers: { "content-type": "application/xml", ...headers },
  body: `${HEAD}<${name} xmlns="${NAMESPACE}">${inner}</${name}>`,
});

export const emptyAnswer = (status: number, headers: Record<string, string> = {}): Answer => ({
  status,
  headers,
  body: undefined,
});

type Where = { requestId: string; url: string };

export const errorAnswer = (
  code: string,
  message: string,
  status: number,
  { requestId, url }: Where,
  fields: AwsError["fields"] = {},
): Answer => {
  const more = Object.entries(fields).map(([name, value]) => element(name, String(value)));
  const inner =
    element("Code", code) +
    element("Message", message) +
    more.join("") +
    element("Resource", url.split("?")[0]) +
    element("RequestId", requestId);
  return {
    status,
    headers: { "content-type": "application/xml", "x-amz-request-id": requestId },
    body: `${HEAD}${wrap("Error", inner)}`,
  };
};

/** A key in a list. With `encoding-type=url` it is escaped as in a form, and slashes stay. */
export const keyText = (key: string, encoded: boolean): string =>
  encoded
    ? encodeURIComponent(key)
        .replace(/[!'()~]/g, (one) => `%${one.charCodeAt(0).toString(16).toUpperCase()}`)
        .replaceAll("%2F", "/")
        .replaceAll("%20", "+")
    : escapeXml(key);

export const timeElement = (name: string, milliseconds: number): string =>
  element(name, new Date(milliseconds).toISOString());

/** The owner of every bucket and object: the account. */
export const ownerElement = (name: string, account: string): string => wrap(name, element("ID", account));
