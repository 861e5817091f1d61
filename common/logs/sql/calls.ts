import type { ParseTree } from "antlr4ng";
import type * as trino from "dt-sql-parser/dist/lib/trino/TrinoSqlParser.js";
import { KNOWN_FUNCTIONS, type KnownFunction } from "./known-functions.ts";
import { SqlFault, textOf } from "./parse-sql.ts";

type Renderer = { render(node: ParseTree): string; lambda(node: ParseTree): string };

const TEXT_LITERAL = /^'(?:[^']|'')*'$/;

const knownFunction = (node: trino.FunctionCallContext): [string, KnownFunction] => {
  const name = node.functionName().getText().toLowerCase();
  const known = Object.hasOwn(KNOWN_FUNCTIONS, name) ? KNOWN_FUNCTIONS[name] : undefined;
  if (!known) throw new SqlFault(`the function ${name.slice(0, 50)} is not known here`);
  return [name, known];
};

const countOf = (name: string, { min, max }: KnownFunction, count: number): void => {
  if (count >= min && count <= max) return;
  throw new SqlFault(`${name} takes ${min === max ? min : `${min} to ${max}`} values, got ${count}`);
};

/** DISTINCT, ORDER BY, FILTER and OVER stand with aggregates alone, and OVER must with window functions. */
const checkClauses = (node: trino.FunctionCallContext, name: string, { kind }: KnownFunction): void => {
  if (node.processingMode() || node.nullTreatment() || node.identifier()) {
    throw new SqlFault(`${name} is not known in this form`);
  }
  const ofAggregates = node.filter() ?? node.setQuantifier() ?? (node.sortItem().length > 0 ? node : null);
  if (kind !== "aggregate" && ofAggregates) throw new SqlFault(`${name} is no aggregate`);
  if (node.over()?.identifier()) throw new SqlFault("WINDOW is not known here: write OVER (…)");
  if (kind === "scalar" && node.over()) throw new SqlFault(`${name} takes no OVER`);
  if (kind === "window" && !node.over()) throw new SqlFault(`${name} needs OVER (…)`);
  if (node.ASTERISK() && name !== "count") throw new SqlFault(`${name} takes no *`);
};

/** A call as DuckDB writes it; throws `SqlFault` for a function, a form or an argument that is not known. */
export const renderCall = (node: trino.FunctionCallContext, { render, lambda }: Renderer): string => {
  const [name, known] = knownFunction(node);
  const nodes = node.expression();
  checkClauses(node, name, known);
  countOf(name, known, nodes.length);
  const rendered = nodes.map((argument, at) => (at === known.lambdaAt ? lambda(argument) : render(argument)));
  if (known.kind === "scalar") {
    if (!known.render) return `${name}(${rendered.join(", ")})`;
    const text = (at: number): string => {
      const written = nodes[at] ? textOf(nodes[at]) : "";
      if (!TEXT_LITERAL.test(written))
        throw new SqlFault(`${name} takes a text that is written out at place ${at + 1}`);
      return written.slice(1, -1).replaceAll("''", "'");
    };
    return known.render({ all: rendered, text });
  }
  const sorted = node.sortItem().map(render).join(", ");
  const distinct = node.setQuantifier()?.getText().toUpperCase() === "DISTINCT" ? "DISTINCT " : "";
  const given = node.ASTERISK() ? "*" : rendered.join(", ");
  const filter = node.filter();
  const over = node.over();
  return [
    `${known.name ?? name}(${distinct}${given}${sorted === "" ? "" : ` ORDER BY ${sorted}`})`,
    filter ? render(filter) : "",
    over ? render(over) : "",
  ]
    .filter(Boolean)
    .join(" ");
};
