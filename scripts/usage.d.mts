type Command = {
  summary: string;
  examples: string[];
  arguments?: { name: string; help: string };
  options: Record<string, { value?: string; help: string; default?: string | number }>;
};

/** What `--help` of a command prints. */
export declare const usageOf: (command: Command) => string;
