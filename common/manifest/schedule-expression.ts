/** Names that a field takes for its numbers, the first of them for `from`. */
const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const WEEKDAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];

type Field = { from: number; to: number; names?: readonly string[]; signs?: RegExp };

/** The fields of `cron(…)` in their order, as AWS documents them. */
const FIELDS: readonly Field[] = [
  { from: 0, to: 59 },
  { from: 0, to: 23 },
  { from: 1, to: 31, signs: /^(\?|L|LW|([1-9]|[12]\d|3[01])W)$/ },
  { from: 1, to: 12, names: MONTHS },
  { from: 1, to: 7, names: WEEKDAYS, signs: /^(\?|L|([1-7]|SUN|MON|TUE|WED|THU|FRI|SAT)(L|#[1-5]))$/ },
  { from: 1970, to: 2199 },
];

const numberIn = (text: string, { from, to, names = [] }: Field): number | undefined => {
  const number = names.includes(text) ? names.indexOf(text) + from : /^\d+$/.test(text) ? Number(text) : -1;
  return number >= from && number <= to ? number : undefined;
};

/** `*`, a value, a range, or one of them with a step. */
const isPart = (part: string, field: Field): boolean => {
  const [values = "", step, ...more] = part.split("/");
  if (more.length > 0 || (step !== undefined && !/^[1-9]\d*$/.test(step))) return false;
  if (values === "*") return true;
  const bounds = values.split("-").map((bound) => numberIn(bound, field));
  const [first, last = first] = bounds;
  return bounds.length <= 2 && first !== undefined && !bounds.includes(undefined) && last !== undefined;
};

const isField = (text: string, field: Field): boolean =>
  field.signs?.test(text) === true || text.split(",").every((part) => isPart(part, field));

const isRate = (expression: string): boolean => {
  const [, count = "", unit = ""] = /^rate\((\d+) ((?:minute|hour|day)s?)\)$/.exec(expression) ?? [];
  return Number(count) >= 1 && (Number(count) === 1) === !unit.endsWith("s");
};

/** AWS wants six fields, and a `?` in one of the days: of the month or of the week. */
const isCron = (expression: string): boolean => {
  const fields = /^cron\((.+)\)$/.exec(expression)?.[1]?.split(" ") ?? [];
  const [, , dayOfMonth, , dayOfWeek] = fields;
  return (
    fields.length === FIELDS.length &&
    FIELDS.every((field, index) => isField(fields[index] ?? "", field)) &&
    (dayOfMonth === "?") !== (dayOfWeek === "?")
  );
};

/** Whether AWS takes it as the schedule of something that runs again and again. */
export const isScheduleExpression = (expression: string): boolean => isRate(expression) || isCron(expression);
