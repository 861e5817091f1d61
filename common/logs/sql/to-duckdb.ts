import { ParserRuleContext, type ParseTree, TerminalNode } from "antlr4ng";
import * as trino from "dt-sql-parser/dist/lib/trino/TrinoSqlParser.js";
import { renderCall } from "./calls.ts";
import { isKnownSyntax } from "./known-syntax.ts";
import { parseSql, SqlFault, textOf } from "./parse-sql.ts";
import { castTo, typedLiteral } from "./types.ts";

/** A table that a query reads which is no CTE of its own. */
export type TableReference = {
  /** Lower case: `["web"]`, `["millrace_local", "web"]`. */
  path: readonly string[];
  /** The SELECT whose FROM names it. */
  within: trino.QuerySpecificationContext | undefined;
};

export type TranslateOptions = {
  /** DuckDB's text for a table, to stand after FROM; throws `SqlFault` if there is no such table. */
  table: (reference: TableReference) => string;
  /** Throws `SqlFault` for a name that a CTE may not have. */
  checkName?: (name: string) => void;
  /** Literals in place of `?`, in their order. */
  parameters?: readonly string[];
};

export type Translator = {
  render(node: ParseTree): string;
  /** A lambda, which stands only where a function takes one. */
  lambda(node: ParseTree): string;
};

const unknown = (node: ParserRuleContext): SqlFault =>
  new SqlFault(`is not known here: ${textOf(node).slice(0, 100)}`);

/** A name as it stands in a catalog: in lower case, without quotes. */
export const nameOf = (node: trino.IdentifierContext): string => {
  const text = node.getText();
  if (node instanceof trino.QuotedIdentifierContext) {
    const name = text.slice(1, -1).replaceAll('""', '"').toLowerCase();
    // "$path" and its like are columns of a table that no SELECT * shows.
    if (name.startsWith("$") || name.includes("\0"))
      throw new SqlFault(`no column has the name ${text.slice(0, 50)}`);
    return name;
  }
  if (!(node instanceof trino.UnquotedIdentifierContext)) throw unknown(node);
  return text.toLowerCase();
};

/** Quoted, so that no name of a query is a word of DuckDB's. */
export const identifier = (name: string): string => `"${name.replaceAll('"', '""')}"`;

const childrenOf = (node: ParserRuleContext): ParseTree[] =>
  Array.from({ length: node.getChildCount() }, (_, at) => node.getChild(at)).filter(
    (child) => child !== null,
  );

/** The name that a result's column has of itself: the last of a column's or a field's. */
const ownName = (node: ParserRuleContext): string | undefined => {
  let inner: ParserRuleContext = node;
  for (;;) {
    if (inner instanceof trino.DereferenceContext) return nameOf(inner.identifier());
    const [only, ...rest] = childrenOf(inner);
    if (inner instanceof trino.IdentifierContext) return nameOf(inner);
    if (rest.length > 0 || !(only instanceof ParserRuleContext)) return undefined;
    inner = only;
  }
};

const isEvents = (node: ParseTree): boolean => {
  const words = textOf(node).toLowerCase().replaceAll('"', "").split(" ");
  return (
    words.at(-1) === "events" &&
    words.every((word, at) => (at % 2 === 1 ? word === "." : /^[a-z_][a-z0-9_]*$/.test(word)))
  );
};

/** `filter(events, …)` is rows as `events` is. */
const areRows = (node: ParseTree): boolean => {
  if (isEvents(node)) return true;
  if (node instanceof trino.FunctionCallContext) {
    const [list] = node.expression();
    return node.functionName().getText().toLowerCase() === "filter" && list !== undefined && areRows(list);
  }
  return (
    node instanceof ParserRuleContext && node.getChildCount() === 1 && areRows(node.getChild(0) as ParseTree)
  );
};

const isList = (node: ParseTree): boolean => {
  if (node instanceof trino.ArrayConstructorContext) return true;
  if (node instanceof trino.FunctionCallContext) {
    const name = node.functionName().getText().toLowerCase();
    return name === "split" || (name === "transform" && node.expression().length === 2);
  }
  return (
    node instanceof ParserRuleContext && node.getChildCount() === 1 && isList(node.getChild(0) as ParseTree)
  );
};

const hasDecimal = (node: ParseTree): boolean =>
  node instanceof trino.DecimalLiteralContext ||
  (node instanceof ParserRuleContext && childrenOf(node).some(hasDecimal));

/** A query in Athena's dialect as DuckDB reads it; throws `SqlFault` for whatever it does not know to be the same. */
export const translate = (query: trino.RootQueryContext, options: TranslateOptions): string => {
  /** Names of CTEs, the innermost scope last. */
  const scopes: Set<string>[] = [];
  const selects: trino.QuerySpecificationContext[] = [];
  const places = new Map<ParseTree, number>();

  const list = (nodes: readonly ParseTree[]): string => nodes.map(render).join(", ");

  const all = (node: ParserRuleContext): string => childrenOf(node).map(render).join(" ");

  const statement = (node: trino.QueryStatementContext): string => {
    const scope = new Set<string>();
    scopes.push(scope);
    const ctes = node.with()?.namedQuery() ?? [];
    if (node.with()?.KW_RECURSIVE()) throw new SqlFault("WITH RECURSIVE is not known here");
    const texts = ctes.map((cte) => {
      const name = nameOf(cte.identifier());
      options.checkName?.(name);
      if (scope.has(name)) throw new SqlFault(`WITH names ${name} twice`);
      const columns = cte.columnAliases();
      const text = `${identifier(name)}${columns ? ` ${render(columns)}` : ""} AS (${render(cte.query())})`;
      scope.add(name);
      return text;
    });
    const body = render(node.queryNoWith());
    scopes.pop();
    return texts.length === 0 ? body : `WITH ${texts.join(", ")} ${body}`;
  };

  const ordered = (node: trino.QueryNoWithContext): string => {
    if (node.KW_FETCH()) throw new SqlFault("FETCH FIRST is not known here: write LIMIT");
    const items = node.sortItem();
    const offset = node.KW_OFFSET() ? node.rowCount()[0] : undefined;
    const limit = node.limitRowCount();
    return [
      render(node.queryTerm()),
      items.length === 0 ? "" : `ORDER BY ${list(items)}`,
      limit && !limit.KW_ALL() ? `LIMIT ${render(limit)}` : "",
      offset ? `OFFSET ${render(offset)}` : "",
    ]
      .filter(Boolean)
      .join(" ");
  };

  const specification = (node: trino.QuerySpecificationContext): string => {
    if (node.KW_WINDOW()) throw new SqlFault("WINDOW is not known here: write OVER (…)");
    // Relations stand behind the columns, and a relation asks for the SELECT that it stands in.
    selects.push(node);
    const text = all(node);
    selects.pop();
    return text;
  };

  /** Athena calls the columns without a name `_col0`, `_col1`, … by their place. */
  const selection = (node: trino.SelectListContext): string => {
    const items = node.selectItem();
    const star = items.findIndex((item) => item.selectAllWithoutTable() || item.tableAllColumns());
    return items
      .map((item, at) => {
        const expression = item.selectExpressionColumnName()?.expression();
        const alias = item.identifier();
        if (item.columnAliases()) throw unknown(item);
        if (alias) return `${render(item.getChild(0) as ParseTree)} AS ${identifier(nameOf(alias))}`;
        if (!expression) return all(item);
        const name = ownName(expression) ?? (star !== -1 && star < at ? undefined : `_col${at}`);
        return name === undefined ? render(expression) : `${render(expression)} AS ${identifier(name)}`;
      })
      .join(", ");
  };

  const tableName = (node: trino.TableNameContext): string => {
    if (node.queryPeriod()) throw unknown(node);
    const identifiers: trino.IdentifierContext[] = [];
    const collect = (part: ParseTree): void => {
      if (part instanceof trino.IdentifierContext) identifiers.push(part);
      else if (part instanceof ParserRuleContext) for (const child of childrenOf(part)) collect(child);
    };
    collect(node.tableOrViewName());
    const path = identifiers.map(nameOf);
    const [name = ""] = path;
    if (path.length === 1 && scopes.some((scope) => scope.has(name))) return identifier(name);
    return options.table({ path, within: selects.at(-1) });
  };

  const aliased = (node: trino.AliasedRelationContext): string => {
    const primary = node.relationPrimary();
    const alias = node.identifier();
    const columns = node.columnAliases();
    const text = render(primary);
    if (alias) return `${text} AS ${identifier(nameOf(alias))}${columns ? ` ${render(columns)}` : ""}`;
    // What stands for a table may be more than its name.
    if (primary instanceof trino.TableNameContext) {
      const [last = ""] = textOf(primary).toLowerCase().replaceAll('"', "").split(" . ").slice(-1);
      return `${text} AS ${identifier(last)}`;
    }
    return text;
  };

  const unnest = (node: trino.UnnestContext): string => {
    const [value, ...more] = node.expression();
    if (!value || more.length > 0) throw new SqlFault("UNNEST takes one array here");
    const rows = areRows(value);
    if (!rows && !isList(value)) {
      throw new SqlFault("UNNEST takes events, filter(events, …), split(…), transform(…) or ARRAY[…]");
    }
    const text = render(value);
    const ordinality = node.KW_ORDINALITY() ? `, generate_subscripts(${text}, 1) AS ordinality` : "";
    return `LATERAL (SELECT unnest(${text}${rows ? ", max_depth := 2" : ""})${ordinality})`;
  };

  /** Rows of `VALUES`, of one column without parentheses too. */
  const inlineTable = (node: trino.InlineTableContext): string => {
    const row = (expression: ParseTree): string => {
      if (expression instanceof trino.RowConstructorContext && !expression.KW_ROW())
        return list(expression.expression());
      const isWrapped = expression instanceof ParserRuleContext && expression.getChildCount() === 1;
      return isWrapped ? row(expression.getChild(0) as ParseTree) : render(expression);
    };
    return `VALUES ${node
      .expression()
      .map((expression) => `(${row(expression)})`)
      .join(", ")}`;
  };

  const arithmetic = (node: trino.ArithmeticBinaryContext): string => {
    const [left, right] = node.valueExpression();
    if (!left || !right) throw unknown(node);
    if (!node.SLASH() && !node.PERCENT()) return all(node);
    if (node.SLASH() && (hasDecimal(left) || hasDecimal(right))) {
      throw new SqlFault("a decimal cannot be divided here: write a double (100e0)");
    }
    return `${node.SLASH() ? "athena_div" : "athena_mod"}(${render(left)}, ${render(right)})`;
  };

  const interval = (node: trino.IntervalContext): string => {
    if (node.KW_TO() || !/^'[0-9]{1,9}'$/.test(node.string().getText())) throw unknown(node);
    return all(node);
  };

  const extract = (node: trino.ExtractContext): string => {
    const field = node.identifier().getText().toLowerCase();
    const known: Record<string, string> = {
      dow: "isodow",
      day_of_week: "isodow",
      doy: "doy",
      day_of_year: "doy",
    };
    const plain = ["year", "quarter", "month", "week", "day", "hour", "minute", "second"];
    const part = plain.includes(field) ? field : known[field];
    if (part === undefined) throw unknown(node);
    return `extract(${part} FROM ${render(node.valueExpression())})`;
  };

  const parameter = (node: ParseTree): string => {
    const value = options.parameters?.[places.get(node) ?? -1];
    if (value === undefined) throw new SqlFault("a ? stands for no value");
    return value;
  };

  const lambda = (node: ParseTree): string => {
    if (node instanceof trino.LambdaContext) {
      const names = node.identifier().map((name) => identifier(nameOf(name)));
      if (names.length !== 1) throw new SqlFault("a lambda takes one name here");
      return `lambda ${names.join(", ")}: ${render(node.expression())}`;
    }
    if (node instanceof ParserRuleContext && node.getChildCount() === 1)
      return lambda(node.getChild(0) as ParseTree);
    throw new SqlFault(`must be a lambda (x -> …): ${textOf(node).slice(0, 100)}`);
  };

  const renderRule = (node: ParserRuleContext): string => {
    if (!isKnownSyntax(node)) throw unknown(node);
    if (node instanceof trino.IdentifierContext) return identifier(nameOf(node));
    if (node instanceof trino.QueryStatementContext) return statement(node);
    if (node instanceof trino.QueryNoWithContext) return ordered(node);
    if (node instanceof trino.QuerySpecificationContext) return specification(node);
    if (node instanceof trino.SelectListContext) return selection(node);
    if (node instanceof trino.TableNameContext) return tableName(node);
    if (node instanceof trino.AliasedRelationContext) return aliased(node);
    if (node instanceof trino.UnnestContext) return unnest(node);
    if (node instanceof trino.InlineTableContext) return inlineTable(node);
    if (node instanceof trino.ArithmeticBinaryContext) return arithmetic(node);
    if (node instanceof trino.IntervalContext) return interval(node);
    if (node instanceof trino.ExtractContext) return extract(node);
    if (node instanceof trino.ParameterContext) return parameter(node);
    if (node instanceof trino.RowCountContext && node.QUESTION_MARK()) throw unknown(node);
    if (node instanceof trino.FunctionCallContext) return renderCall(node, { render, lambda });
    if (node instanceof trino.LambdaContext)
      throw new SqlFault("a lambda stands only where a function takes one");
    if (
      node instanceof trino.TrimContext &&
      node.valueExpression().length + (node.trimsSpecification() ? 1 : 0) > 1
    ) {
      throw unknown(node);
    }
    if (node instanceof trino.CastContext) return castTo(node, render(node.expression()));
    if (node instanceof trino.TypeConstructorContext) return typedLiteral(node);
    if (node instanceof trino.CurrentTimestampContext) return "now()";
    if (node instanceof trino.SubscriptContext) {
      return `athena_subscript(${render(node.primaryExpression())}, ${render(node.valueExpression())})`;
    }
    if (node instanceof trino.DereferenceContext) {
      const base = node.primaryExpression();
      const isName = base instanceof trino.ColumnReferenceContext || base instanceof trino.DereferenceContext;
      return `${isName ? render(base) : `(${render(base)})`}.${render(node.identifier())}`;
    }
    return all(node);
  };

  function render(node: ParseTree): string {
    if (node instanceof TerminalNode) return node.getText();
    if (node instanceof ParserRuleContext) return renderRule(node);
    throw new SqlFault("is not known here");
  }

  const number = (node: ParseTree): void => {
    if (node instanceof trino.ParameterContext) places.set(node, places.size);
    else if (node instanceof ParserRuleContext) for (const child of childrenOf(node)) number(child);
  };
  number(query);
  const wanted = options.parameters?.length ?? 0;
  if (places.size !== wanted) throw new SqlFault(`has ${places.size} ? and ${wanted} values for them`);
  return render(query);
};

/** `translate` of a text. */
export const translateSql = (sql: string, options: TranslateOptions): string => {
  try {
    return translate(parseSql(sql), options);
  } catch (error) {
    if (error instanceof RangeError) throw new SqlFault("nests too deeply");
    throw error;
  }
};
