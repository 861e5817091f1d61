// What `--help` prints. Plain JavaScript for Node 20, because scripts/node24.mjs answers `--help` before
// anything is installed.

const WIDTH_MAX = 100;

/** Breaks a text between words, each line after the first below the first's column. */
const wrap = (text, column) => {
  const lines = [""];
  for (const word of text.split(" ")) {
    const last = lines.length - 1;
    if (lines[last] !== "" && column + lines[last].length + word.length >= WIDTH_MAX) lines.push(word);
    else lines[last] += lines[last] === "" ? word : ` ${word}`;
  }
  return lines.join(`\n${" ".repeat(column)}`);
};

export const usageOf = (command) => {
  const rows = Object.entries(command.options).map(([name, { value, help, default: otherwise }]) => [
    `--${name}${value === undefined ? "" : ` ${value}`}`,
    otherwise === undefined ? help : `${help} (default ${otherwise})`,
  ]);
  if (command.arguments) rows.unshift([command.arguments.name, command.arguments.help]);
  rows.push(["--help", "print this"]);
  const column = Math.max(...rows.map(([left]) => left.length)) + 4;
  return [
    wrap(command.summary, 0),
    "",
    ...command.examples.map((example) => `  ${example}`),
    "",
    ...rows.map(([left, right]) => `  ${left}`.padEnd(column) + wrap(right, column)),
    "",
  ].join("\n");
};
