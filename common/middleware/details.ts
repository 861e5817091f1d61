import type { EventBridgeEvent } from "aws-lambda";
import { AppError } from "#common/errors/app-error.ts";
import { isOrganizationId } from "#common/ids/organization-id.ts";
import { isTransactionId } from "#common/ids/transaction-id.ts";
import { note } from "#common/telemetry/line.ts";
import type { Validator } from "#common/validation/validator.ts";
import type { Middleware } from "./middleware.ts";

/** Checks the detail of an event of the bus against its schema. */
export const details = <T>(schema: Validator<T>): Middleware<EventBridgeEvent<string, T>> => ({
  before: ({ event: { detail } }) => {
    const { transactionId, organizationId } = Object(detail) as Record<string, unknown>;
    if (isTransactionId(transactionId)) note({ transactionId });
    if (isOrganizationId(organizationId)) note({ organizationId });
    const faults = schema.faults(detail);
    if (faults.length > 0) throw new AppError("MESSAGE_INVALID", { errors: faults });
  },
});
