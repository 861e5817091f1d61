import { readOptions } from "../../scripts/options.ts";

export type Flags = {
  port: number;
  awsPort: number;
  data: string;
  fresh: boolean;
  demo: boolean;
  watch: boolean;
  logs: boolean;
  chaos: number;
  pace: number;
  quiet: boolean;
};

/** The flags, or one sentence that says what is wrong with them. */
export const readFlags = (
  argv: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): Flags | string => {
  const { values, faults } = readOptions("start", argv);
  const portOf = (given: number | undefined, variable: string, otherwise: number): number => {
    const text = environment[variable] || String(otherwise);
    const port = given ?? (/^\d{1,5}$/.test(text) ? Number(text) : Number.NaN);
    if (port <= 65_535) return port;
    faults.push(`${variable} must be a port from 0 (any free one) to 65535, got "${text}".`);
    return 0;
  };
  const { "aws-port": awsPort, port, ...others } = values;
  const flags: Flags = {
    ...others,
    port: portOf(port, "PORT", 4000),
    awsPort: portOf(awsPort, "AWS_PORT", 4566),
  };
  if (flags.port !== 0 && flags.port === flags.awsPort) {
    faults.push(`The front door and the AWS endpoint need two ports, got ${flags.port} for both.`);
  }
  return faults[0] ?? flags;
};
