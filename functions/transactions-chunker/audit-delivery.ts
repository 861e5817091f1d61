import { functionName } from "#common/config/function-name.ts";
import { AUDIT_CUSTOMER_ID, AUDIT_TYPE, type EventMessage } from "#common/events/event.ts";
import { drawFor } from "#common/events/queue/draw.ts";
import type { ImportRecord } from "#common/imports/import-record.ts";

/** Records that a delivered file became an import, by ids alone. The same event however often it is recorded. */
export const makeAuditDelivery =
  (send: (event: EventMessage) => Promise<void>) =>
  ({ importId, organizationId, startedAt, transactionId }: ImportRecord): Promise<void> => {
    const date = new Date(startedAt).toISOString();
    return send({
      organizationId,
      ...drawFor(importId, 0),
      customerId: AUDIT_CUSTOMER_ID,
      type: AUDIT_TYPE,
      audit: true,
      description: "A file was delivered, and its import began",
      date,
      targets: [{ type: "import", id: importId }],
      detail: { change: "import_delivered", importId },
      recordedAt: date,
      recordedBy: functionName(),
      ...(transactionId === undefined ? {} : { transactionId }),
    });
  };
