import type { LogDay } from "./day.ts";

/** Below it a folder for each day and generation, in Parquet. */
export const COMPACTED_FOLDER = "compacted/";
/** Which raw objects each generation took in; readers of the logs have no right to it. */
export const LISTS_FOLDER = "lists/";

/** `environment=<e>/organization=<o>/logtype=<t>/year=<y>/month=<mm>/day=<dd>/` */
export const dayPath = (environment: string, { organizationId, logType, day }: LogDay): string => {
  const [year, month, date] = day.split("-");
  return `environment=${environment}/organization=${organizationId}/logtype=${logType}/year=${year}/month=${month}/day=${date}/`;
};
