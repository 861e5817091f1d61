/** One field of `cron(…)`: lists, ranges and steps of numbers and names, and the signs of days. */
const CRON_FIELD = /^[0-9A-Z*?/,\-LW#]+$/;

const isRate = (expression: string): boolean => {
  const [, count, unit] = /^rate\((\d+) (minutes?|hours?|days?)\)$/.exec(expression) ?? [];
  if (count === undefined || unit === undefined || Number(count) < 1) return false;
  return (Number(count) === 1) === !unit.endsWith("s");
};

/** AWS wants six fields, and a `?` in one of the days: of the month or of the week. */
const isCron = (expression: string): boolean => {
  const fields = /^cron\(([^()]+)\)$/.exec(expression)?.[1]?.trim().split(/\s+/) ?? [];
  const [, , dayOfMonth, , dayOfWeek] = fields;
  return (
    fields.length === 6 &&
    fields.every((field) => CRON_FIELD.test(field)) &&
    (dayOfMonth === "?") !== (dayOfWeek === "?")
  );
};

/** Whether a rule can have it as its schedule. Rules with a schedule are kept here and do not run. */
export const isScheduleExpression = (expression: string): boolean => isRate(expression) || isCron(expression);
