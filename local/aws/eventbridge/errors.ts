import { AwsError } from "../port/errors.ts";

export const invalid = (message: string) => new AwsError("ValidationException", message);

const notFound = (what: string) => new AwsError("ResourceNotFoundException", what);
export const noBus = (name: string) => notFound(`Event bus ${name} does not exist.`);
export const noRule = (name: string, bus: string) =>
  notFound(`Rule ${name} does not exist on EventBus ${bus}.`);
