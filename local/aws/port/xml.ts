// Carriage returns are escaped too: a parser would turn them into line feeds and break the body's digest.
const ESCAPES: Record<string, string> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&apos;",
  "\r": "&#13;",
};

export const escapeXml = (text: string): string =>
  text.replace(/[&<>"'\r]/g, (character) => ESCAPES[character] ?? "");

/** One element: text escaped, nested markup as it is, nothing for undefined. */
export const element = (name: string, value: string | number | boolean | undefined): string =>
  value === undefined ? "" : `<${name}>${escapeXml(String(value))}</${name}>`;

export const wrap = (name: string, inner: string): string => `<${name}>${inner}</${name}>`;

const ENTITIES: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'" };
const unescapeXml = (text: string): string =>
  text.replace(/&(#x?[0-9a-fA-F]+|[a-z]+);/g, (whole, name: string) => {
    if (name.startsWith("#x")) return String.fromCodePoint(Number.parseInt(name.slice(2), 16));
    if (name.startsWith("#")) return String.fromCodePoint(Number(name.slice(1)));
    return ENTITIES[name] ?? whole;
  });

/** Inner markup of every `<name>` in a small document that a client sent (S3's request bodies). */
export const elementsIn = (xml: string, name: string): string[] =>
  [...xml.matchAll(new RegExp(`<${name}(?:\\s[^>]*)?>([\\s\\S]*?)</${name}>`, "g"))].map(
    (match) => match[1] ?? "",
  );

export const textIn = (xml: string, name: string): string | undefined => {
  const [inner] = elementsIn(xml, name);
  return inner === undefined ? undefined : unescapeXml(inner);
};
