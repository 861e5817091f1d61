import type { Welcome } from "./welcome.ts";

const ENTITIES: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escaped = (text: string): string => text.replace(/[&<>"]/g, (sign) => ENTITIES[sign] ?? sign);

const link = (url: string): string => `<a href="${escaped(url)}">${escaped(url)}</a>`;
const row = (cells: readonly string[]): string =>
  `<tr>${cells.map((cell) => `<td>${cell}</td>`).join("")}</tr>`;

const STYLE = `
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
pre { background: #8881; padding: 1rem; white-space: pre-wrap; overflow-wrap: anywhere; }
td { padding: 0 2rem 0 0; vertical-align: top; }
:root { color-scheme: light dark; }`;

/** `GET /` for a browser. */
export const welcomePage = (welcome: Welcome, commands: readonly string[]): string => {
  const { name, version, description, openapi, health, keys, aws, docs, token, routes } = welcome;
  const places = [
    ["OpenAPI document", link(openapi)],
    ["Health", link(health)],
    ["Keys of the tokens", link(keys)],
    ["AWS endpoint", `${escaped(aws)} (access key and secret: local, region: us-east-1)`],
    ["Documentation", `in the project's folder: ${docs.map(escaped).join(", ")}`],
  ];
  const table = routes.map(({ route, role }) => [
    `<code>${escaped(route)}</code>`,
    escaped(role ?? "public"),
  ]);
  return `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${name}</title><style>${STYLE}
</style></head>
<body>
<h1>${name} ${escaped(version)}</h1>
<p>${escaped(description)}</p>
<table>${places.map(row).join("\n")}</table>
<h2>Try it</h2>
<p>In a shell, in the project's folder. The token is good for an hour; the first line makes another one.</p>
<pre>${[token, ...commands].map(escaped).join("\n")}</pre>
<h2>Routes and the roles that open them</h2>
<table>${table.map(row).join("\n")}</table>
</body>
</html>
`;
};
