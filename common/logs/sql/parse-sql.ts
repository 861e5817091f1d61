import {
  BaseErrorListener,
  CharStreams,
  CommonTokenStream,
  type ParseTree,
  TerminalNode,
  type Token,
} from "antlr4ng";
import { TrinoSqlLexer } from "dt-sql-parser/dist/lib/trino/TrinoSqlLexer.js";
import {
  type RootQueryContext,
  StatementDefaultContext,
  TrinoSqlParser,
} from "dt-sql-parser/dist/lib/trino/TrinoSqlParser.js";

/** Athena's own limit on a statement, and what a statement may hold before parsing it takes seconds. */
export const SQL_LIMITS = { characters: 262_144, tokens: 6_000, nesting: 40 } as const;

/** Why a text is no query: a sentence for its author, with the place where there is one. */
export class SqlFault extends Error {
  override readonly name = "SqlFault";
  /** `relation` if it names a relation that there is not. */
  readonly kind: "invalid" | "relation";

  constructor(message: string, kind: "invalid" | "relation" = "invalid") {
    super(message);
    this.kind = kind;
  }
}

class FirstFault extends BaseErrorListener {
  fault: SqlFault | undefined;

  override syntaxError(
    _recognizer: unknown,
    _symbol: unknown,
    line: number,
    column: number,
    message: string,
  ): void {
    this.fault ??= new SqlFault(`line ${line}, column ${column + 1}: ${message.slice(0, 300)}`);
  }
}

const OPENS = new Set(["(", "[", "CASE"]);
const CLOSES = new Set([")", "]", "END"]);

/** Parsing takes more than linear time, so that what nests deeply or has no end is refused before it. */
const checkSize = (tokens: readonly Token[]): void => {
  if (tokens.length > SQL_LIMITS.tokens) {
    throw new SqlFault(`has ${tokens.length} words and signs; at most ${SQL_LIMITS.tokens} are read`);
  }
  let depth = 0;
  for (const { text } of tokens) {
    const word = (text ?? "").toUpperCase();
    if (OPENS.has(word)) depth += 1;
    if (CLOSES.has(word)) depth -= 1;
    if (depth > SQL_LIMITS.nesting) throw new SqlFault(`nests deeper than ${SQL_LIMITS.nesting} levels`);
  }
};

const parse = (sql: string): RootQueryContext => {
  const faults = new FirstFault();
  const lexer = new TrinoSqlLexer(CharStreams.fromString(sql));
  lexer.removeErrorListeners();
  lexer.addErrorListener(faults);
  const stream = new CommonTokenStream(lexer);
  stream.fill();
  checkSize(stream.getTokens());
  const parser = new TrinoSqlParser(stream);
  parser.removeErrorListeners();
  parser.addErrorListener(faults);
  const statements = parser.program().statements();
  if (faults.fault) throw faults.fault;
  const [statement] = statements;
  if (statements.length !== 1 || !statement)
    throw new SqlFault(`must be one SELECT, got ${statements.length} statements`);
  const query = statement.singleStatement().statement();
  if (!(query instanceof StatementDefaultContext)) throw new SqlFault("must be one SELECT");
  return query.rootQuery();
};

/** The tree of one query in Athena's dialect (Trino's grammar); throws `SqlFault` for any other text. */
export const parseSql = (sql: string): RootQueryContext => {
  if (sql.length > SQL_LIMITS.characters) {
    throw new SqlFault(`has ${sql.length} characters; at most ${SQL_LIMITS.characters} are read`);
  }
  if (sql.includes("\0")) throw new SqlFault("holds the character U+0000");
  try {
    return parse(sql);
  } catch (error) {
    // The parser calls itself for each level that it enters.
    if (error instanceof RangeError) throw new SqlFault("nests too deeply");
    throw error;
  }
};

/** The words and signs of a part of a query, without comments, parted by blanks: the same query. */
export const textOf = (tree: ParseTree): string => {
  const words: string[] = [];
  const walk = (node: ParseTree): void => {
    if (node instanceof TerminalNode) words.push(node.getText());
    else
      for (let at = 0; at < node.getChildCount(); at += 1) {
        const child = node.getChild(at);
        if (child) walk(child);
      }
  };
  walk(tree);
  return words.join(" ");
};
