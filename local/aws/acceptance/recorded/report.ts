import { DIFFERENCES } from "./differences.ts";
import { recordedCases } from "./recorded.ts";

const row = (...cells: (string | number)[]): string => `| ${cells.join(" | ")} |`;

/** The part of docs/local-aws.md about a service's recorded answers. */
export const recordedReport = (service: string): string => {
  const cases = recordedCases().filter((one) => one.service === service);
  const themes = [...new Set(cases.map(({ theme }) => theme))];
  const answersOf = (theme?: string) =>
    cases
      .filter((one) => theme === undefined || one.theme === theme)
      .reduce((sum, { answers }) => sum + answers, 0);
  const testsOf = (theme: string) => [
    ...new Set(cases.filter((one) => one.theme === theme).flatMap(({ source }) => source.split(", "))),
  ];
  return [
    `${answersOf()} recorded answers hold.`,
    "",
    row("what they are about", "answers", "recorded by LocalStack's"),
    row("---", "---:", "---"),
    ...themes.map((theme) =>
      row(
        theme,
        answersOf(theme),
        testsOf(theme)
          .map((test) => `\`${test}\``)
          .join(" "),
      ),
    ),
    "",
    "These differ:",
    "",
    row("recorded by", "answers", "why they differ here"),
    row("---", "---", "---"),
    ...DIFFERENCES.filter((one) => one.service === service).map(({ source, answers, why }) =>
      row(source, answers, why),
    ),
  ].join("\n");
};
