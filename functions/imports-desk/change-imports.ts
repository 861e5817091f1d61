import type { Member } from "#common/auth/caller.ts";
import { packingOf } from "#common/csv/unpack.ts";
import { AppError } from "#common/errors/app-error.ts";
import { type Answer, created, underWay } from "#common/http/answers.ts";
import type { Attempt } from "#common/idempotency/idempotency.ts";
import type { ImportRecord } from "#common/imports/import-record.ts";
import { isRunning } from "#common/imports/import-record.ts";
import { importView } from "#common/imports/import-view.ts";
import type { Ledger, RevertMessage } from "#common/imports/ledger.ts";
import type { awaitUpload } from "#common/imports/register-import.ts";
import type { ImportOptions } from "#common/imports/registration.ts";
import type { makeStopImport, makeUndoImport } from "#common/imports/stop-import.ts";
import type { Clock } from "#common/time/clock.ts";
import type { makeAudit } from "./audit.ts";
import type { makeShowImports } from "./show-imports.ts";

/** Until there is more to see. */
const RETRY_AFTER_SECONDS = 2;

const UPLOAD_SECONDS = 15 * 60;
const UNDO_MS = 30 * 24 * 60 * 60 * 1_000;

const ENDINGS = { none: ".csv", gzip: ".csv.gz", zstd: ".csv.zst" } as const;

export type ServiceImports = {
  service: string;
  defaults?: Readonly<Record<string, string>>;
  /** What `options` may say; a service without it takes none. */
  faultsOfOptions?: (options: ImportOptions) => readonly { path: string; message: string }[];
  revert(message: RevertMessage): Promise<void>;
};

export type ChangeImportsDeps = {
  ledger: Ledger;
  show: ReturnType<typeof makeShowImports>;
  services: readonly ServiceImports[];
  awaitUpload: ReturnType<typeof awaitUpload>;
  stopImport: ReturnType<typeof makeStopImport>;
  undoImport: ReturnType<typeof makeUndoImport>;
  presignPut(upload: { key: string; bytes: number; expiresInSeconds: number }): Promise<{
    url: string;
    headers: Record<string, string>;
  }>;
  audit: ReturnType<typeof makeAudit>;
  now: Clock;
};

type Request = { caller: Member; attempt: Attempt; transactionId: string };

type NewImport = {
  service: string;
  fileName: string;
  bytes: number;
  dryRun?: boolean | undefined;
  parentImport?: string | undefined;
  options?: Record<string, unknown> | undefined;
};

export const makeChangeImports = (deps: ChangeImportsDeps) => {
  const { ledger, show, services, stopImport, undoImport, audit, now } = deps;

  const serviceOf = (name: string): ServiceImports => {
    const found = services.find(({ service }) => service === name);
    if (!found) throw new Error(`no service ${name} registers imports`);
    return found;
  };

  const checkOptions = ({ faultsOfOptions }: ServiceImports, options: ImportOptions): void => {
    const known = faultsOfOptions?.(options) ?? [];
    const unknown = faultsOfOptions
      ? []
      : Object.keys(options).map((name) => ({ path: `/${name}`, message: "is not known" }));
    const errors = [...known, ...unknown].map(({ path, message }) => ({
      in: "body" as const,
      path: `/options${path}`,
      message,
    }));
    if (errors.length > 0) throw new AppError("INPUT_INVALID", { errors });
  };

  const checkParent = async (caller: Member, parentImport: string | undefined): Promise<void> => {
    if (parentImport === undefined) return;
    const parent = await ledger.read(parentImport);
    if (parent?.organizationId === caller.organizationId) return;
    const message = "must be the id of an import";
    throw new AppError("INPUT_INVALID", { errors: [{ in: "body", path: "/parentImport", message }] });
  };

  const canBeUndone = ({ phase, dryRun, endedAt = 0 }: ImportRecord): boolean =>
    phase === "completed" && !dryRun && now() - endedAt < UNDO_MS;

  return {
    announce: async (body: NewImport, request: Request): Promise<Answer> => {
      const { caller, attempt, transactionId } = request;
      const { fileName, bytes, dryRun = false, parentImport } = body;
      const service = serviceOf(body.service);
      // Only JSON comes in a body.
      const options = (body.options ?? {}) as ImportOptions;
      checkOptions(service, options);
      await checkParent(caller, parentImport);
      const importId = attempt.id;
      const ending = ENDINGS[packingOf(fileName) ?? "none"];
      const key = `uploads/${service.service}/${caller.organizationId}/${importId}${ending}`;
      await audit("import_announced", importId, request);
      const record = await deps.awaitUpload(service, {
        importId,
        organizationId: caller.organizationId,
        key,
        fileName,
        bytes,
        dryRun,
        options,
        startedBy: caller.userId,
        transactionId,
        ...(parentImport === undefined ? {} : { parentImport }),
      });
      const { url, headers } = await deps.presignPut({ key, bytes, expiresInSeconds: UPLOAD_SECONDS });
      const expiresAt = new Date(now() + UPLOAD_SECONDS * 1_000).toISOString();
      return created({
        ...importView(record, undefined, now()),
        upload: { url, method: "PUT", headers, expiresAt },
      });
    },

    /** Sends the message first: the reverter does what was asked if this request dies before it has. */
    end: async (
      id: string,
      { undo, dryRun }: { undo: boolean; dryRun: boolean },
      request: Request,
    ): Promise<Answer> => {
      const record = await show.find(request.caller, id);
      const { revert } = serviceOf(record.service);
      if (!undo) {
        if (dryRun) {
          const message = "goes with undo=true alone";
          throw new AppError("INPUT_INVALID", { errors: [{ in: "query", path: "/dryRun", message }] });
        }
        if (!isRunning(record) && record.phase !== "awaitingUpload") throw new AppError("IMPORT_ENDED");
        await audit("import_cancelled", id, request);
        await revert({ importId: id, action: "cancel" });
        const stopped = await stopImport(id, "cancelled");
        if (stopped?.phase === "completed" || !stopped) throw new AppError("IMPORT_ENDED");
        return underWay(await show.viewOf(stopped), `/imports/${id}`, RETRY_AFTER_SECONDS);
      }
      if (!canBeUndone(record)) throw new AppError("IMPORT_ENDED");
      if (dryRun) {
        await revert({ importId: id, action: "rehearse" });
        return underWay(await show.viewOf(record), `/imports/${id}`, RETRY_AFTER_SECONDS);
      }
      await audit("import_undone", id, request);
      await revert({ importId: id, action: "undo" });
      const undone = (await undoImport(id)) ?? (await ledger.read(id));
      if (undone?.takeBack?.outcome !== "undone") throw new AppError("IMPORT_ENDED");
      return underWay(await show.viewOf(undone), `/imports/${id}`, RETRY_AFTER_SECONDS);
    },
  };
};
