import { wait } from "#common/async/wait.ts";
import type { Member } from "#common/auth/caller.ts";
import { functionName } from "#common/config/function-name.ts";
import { AppError } from "#common/errors/app-error.ts";
import { assertPreconditions, type Preconditions } from "#common/http/preconditions.ts";
import type { Attempt } from "#common/idempotency/idempotency.ts";
import type { Json } from "#common/json/json.ts";
import { AUDIT_CUSTOMER_ID, AUDIT_TYPE, CUSTOMER_TARGET, type EventMessage } from "../event.ts";
import { drawFor, newSalt } from "../queue/draw.ts";
import {
  type Customer,
  customerTag,
  isSameProfile,
  type Profile,
  profileDigest,
  profileOf,
  type StoredCustomer,
  toCustomer,
} from "./customer.ts";
import { type CustomerTable, eraseCustomer, readCustomer, writeCustomer } from "./customers.ts";
import { nameWords } from "./name-words.ts";

export type ChangeCustomersDeps = {
  table: CustomerTable;
  /** Puts the event on the queue `events-audit`; when it returns, the queue has it. */
  send: (event: EventMessage) => Promise<void>;
  /** Waits before another try, in milliseconds. */
  sleep?: (ms: number) => Promise<void>;
};

/** The request that a change is made for. */
export type ChangeRequest = {
  caller: Member;
  attempt: Attempt;
  transactionId: string;
  /** Held against each version that a try finds; where they do not hold, nothing is changed. */
  preconditions: Preconditions;
};

/** A customer after a PUT, with its entity tag. */
export type PutCustomer = { customer: Customer; etag: string; isNew: boolean };

const putCustomer = (stored: StoredCustomer, isNew: boolean): PutCustomer => ({
  customer: toCustomer(stored),
  etag: customerTag(stored),
  isNew,
});

/** So many at once on one customer are no accident. */
const TRIES_MAX = 6;
const WAIT_MS = 20;

const DESCRIPTIONS = {
  customer_created: "The customer's profile was created",
  customer_replaced: "The customer's profile was replaced",
  customer_erased: "The customer's profile was erased",
} as const;

/**
 * Changes of customers. Each is recorded by an audit event that holds the salted digest of the profile and nothing
 * of the profile itself. The event goes to the queue first and the table is changed then: no profile
 * ever stands whose digest is not on its way into the chain. The reverse can happen (a crash in
 * between, or a loser of two at once): an event of a change that was not made. Its caller got no answer that
 * says so, and the profile's `version` and digest say which event is its own.
 */
export const makeChangeCustomers = ({ table, send, sleep = wait }: ChangeCustomersDeps) => {
  /** Tries again with what stands there by then; `change` answers undefined when another was quicker. */
  const untilDone = async <T>(change: (tryNumber: number) => Promise<T | undefined>): Promise<T> => {
    for (let tryNumber = 0; tryNumber < TRIES_MAX; tryNumber += 1) {
      if (tryNumber > 0) await sleep(WAIT_MS * 2 ** tryNumber * Math.random());
      const done = await change(tryNumber);
      if (done !== undefined) return done;
    }
    throw new AppError("CUSTOMER_IN_CHANGE", { retryAfterSeconds: 1 });
  };

  const sendEvent = (
    change: keyof typeof DESCRIPTIONS,
    customerId: string,
    detail: { [name: string]: Json },
    { caller, attempt }: Pick<ChangeRequest, "caller" | "attempt">,
    tryNumber: number,
  ): Promise<void> =>
    send({
      organizationId: caller.organizationId,
      ...drawFor(attempt.id, tryNumber),
      customerId: AUDIT_CUSTOMER_ID,
      type: AUDIT_TYPE,
      audit: true,
      description: DESCRIPTIONS[change],
      date: attempt.time,
      actor: caller.userId,
      targets: [{ type: CUSTOMER_TARGET, id: customerId }],
      detail: { change, customerId, ...detail },
      recordedAt: attempt.time,
      recordedBy: functionName(),
    });

  return {
    /** Creates or replaces; the same profile again changes nothing and is no event. */
    put: (customerId: string, profile: Profile, request: ChangeRequest): Promise<PutCustomer> =>
      untilDone(async (tryNumber) => {
        const { caller, attempt, transactionId, preconditions } = request;
        const { organizationId } = caller;
        const before = await readCustomer(table, organizationId, customerId);
        assertPreconditions(preconditions, before && customerTag(before));
        if (before && isSameProfile(before, profile)) return putCustomer(before, false);
        const version = (before?.version ?? 0) + 1;
        // Not the event's own salt, which stays when this one is erased.
        const salt = newSalt();
        const next: StoredCustomer = {
          customerId,
          organizationId,
          ...profileOf(profile),
          createdAt: before?.createdAt ?? attempt.time,
          updatedAt: attempt.time,
          version,
          salt,
          transactionId,
          digest: profileDigest(salt, profile),
          words: nameWords(profile.name),
        };
        const type = before ? "customer_replaced" : "customer_created";
        await sendEvent(type, customerId, { digest: next.digest, version }, request, tryNumber);
        const written = await writeCustomer(table, next, before);
        if (!written.done) return undefined;
        return putCustomer(next, before === undefined);
      }),

    /**
     * Erases what is known of a customer; its events stay. One that is not there is `NOT_FOUND`: who erases
     * a person under a mistyped id must not hear that it was done.
     */
    erase: (customerId: string, request: ChangeRequest): Promise<true> =>
      untilDone(async (tryNumber) => {
        const before = await readCustomer(table, request.caller.organizationId, customerId);
        // Before the preconditions: RFC 9110 (13.2.1) looks at them only where the request could be done.
        if (!before) throw new AppError("NOT_FOUND");
        assertPreconditions(request.preconditions, customerTag(before));
        const { version, digest } = before;
        await sendEvent("customer_erased", customerId, { digest, version }, request, tryNumber);
        const erased = await eraseCustomer(table, before);
        return erased.done ? true : undefined;
      }),
  };
};
