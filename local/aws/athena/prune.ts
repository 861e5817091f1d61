import { ParserRuleContext, type ParseTree } from "antlr4ng";
import * as trino from "dt-sql-parser/dist/lib/trino/TrinoSqlParser.js";
import { textOf } from "#common/logs/sql/parse-sql.ts";

/** Values of partition columns as far as they are known: a folder on the way down has not all of them. */
export type PartitionValues = Readonly<Record<string, string | number>>;

const onlyChild = (node: ParseTree): ParseTree => {
  let inner = node;
  while (inner instanceof ParserRuleContext && inner.getChildCount() === 1) {
    const child = inner.getChild(0);
    if (!child) break;
    if (inner instanceof trino.ColumnReferenceContext) break;
    inner = child;
  }
  return inner;
};

const columnOf = (node: ParseTree): string | undefined => {
  const words = textOf(node).toLowerCase().replaceAll('"', "").split(" ");
  const name = words.at(-1) ?? "";
  return /^[a-z_][a-z0-9_]*$/.test(name) && words.every((word, at) => (at % 2 === 1 ? word === "." : true))
    ? name
    : undefined;
};

const literalOf = (node: ParseTree | null | undefined): string | number | undefined => {
  const text = node ? textOf(node) : "";
  if (/^'(?:[^']|'')*'$/.test(text)) return text.slice(1, -1).replaceAll("''", "'");
  return /^[0-9]+$/.test(text) ? Number(text) : undefined;
};

const compare = (operator: string, left: string | number, right: string | number): boolean => {
  switch (operator) {
    case "=":
      return left === right;
    case "<":
      return left < right;
    case "<=":
      return left <= right;
    case ">":
      return left > right;
    case ">=":
      return left >= right;
    default:
      return true;
  }
};

const mayPredicate = (node: trino.PredicatedContext, values: PartitionValues): boolean => {
  const predicate = node.predicate();
  const column = columnOf(node.valueExpression());
  const value = column === undefined ? undefined : values[column];
  if (!predicate || value === undefined) return true;
  if (predicate instanceof trino.ComparisonContext) {
    const wanted = literalOf(predicate.valueExpression());
    return wanted === undefined || compare(predicate.comparisonOperator().getText(), value, wanted);
  }
  if (predicate instanceof trino.InListContext && !predicate.KW_NOT()) {
    const wanted = predicate.expression().map(literalOf);
    return wanted.includes(undefined) || wanted.includes(value);
  }
  if (predicate instanceof trino.BetweenContext && !predicate.KW_NOT()) {
    const [low, high] = predicate.valueExpression().map(literalOf);
    return (
      low === undefined || high === undefined || (compare(">=", value, low) && compare("<=", value, high))
    );
  }
  return true;
};

/** False only if no row of a partition with these values can meet the condition. */
export const mayMatch = (condition: ParseTree | null | undefined, values: PartitionValues): boolean => {
  if (!condition) return true;
  if (condition instanceof trino.AndContext)
    return condition.booleanExpression().every((part) => mayMatch(part, values));
  if (condition instanceof trino.OrContext)
    return condition.booleanExpression().some((part) => mayMatch(part, values));
  if (condition instanceof trino.PredicatedContext && condition.predicate())
    return mayPredicate(condition, values);
  if (condition instanceof trino.ParenthesizedExpressionContext)
    return mayMatch(condition.expression(), values);
  const inner = onlyChild(condition);
  return inner === condition ? true : mayMatch(inner, values);
};

/** The texts that the condition says the column must be one of, in its outermost AND; undefined if it says none. */
export const fixedTexts = (condition: ParseTree | null | undefined, column: string): string[] | undefined => {
  if (!condition) return undefined;
  if (condition instanceof trino.AndContext) {
    for (const part of condition.booleanExpression()) {
      const texts = fixedTexts(part, column);
      if (texts) return texts;
    }
    return undefined;
  }
  if (condition instanceof trino.ParenthesizedExpressionContext)
    return fixedTexts(condition.expression(), column);
  if (condition instanceof trino.PredicatedContext && condition.predicate()) {
    const predicate = condition.predicate();
    if (columnOf(condition.valueExpression()) !== column) return undefined;
    const literals =
      predicate instanceof trino.ComparisonContext && predicate.comparisonOperator().getText() === "="
        ? [literalOf(predicate.valueExpression())]
        : predicate instanceof trino.InListContext && !predicate.KW_NOT()
          ? predicate.expression().map(literalOf)
          : [undefined];
    return literals.every((literal) => typeof literal === "string") ? literals : undefined;
  }
  const inner = onlyChild(condition);
  return inner === condition ? undefined : fixedTexts(inner, column);
};
