import { isUserId } from "#common/auth/user.ts";
import { AppError } from "#common/errors/app-error.ts";
import type { Fault } from "#common/errors/fault.ts";
import { givenIdFault } from "#common/ids/given-id.ts";
import { currencyDecimals } from "#common/money/currencies.ts";
import { isVisible } from "#common/text/visible.ts";
import { hasControlCharacter } from "#common/validation/control-characters.ts";

/** Throws `INPUT_INVALID` with every one of these, unless there is none. */
const assertNone = (errors: Fault[]): void => {
  if (errors.length > 0) throw new AppError("INPUT_INVALID", { errors });
};

/** The ids that stand in a path, if each can be one. */
export const givenIds = <Params extends Record<string, string>>(params: Params): Params => {
  assertNone(
    Object.entries(params).flatMap(([name, id]): Fault[] => {
      const message = givenIdFault(id);
      return message === undefined ? [] : [{ in: "path", path: `/${name}`, message }];
    }),
  );
  return params;
};

/** What no schema can say of a text that a person wrote. */
const textFaults = (path: string, text: string | null | undefined): Fault[] => {
  if (text === undefined || text === null) return [];
  if (hasControlCharacter(text)) return [{ in: "body", path, message: "must not hold control characters" }];
  if (!text.isWellFormed()) return [{ in: "body", path, message: "must not hold lone surrogates" }];
  return isVisible(text) ? [] : [{ in: "body", path, message: "must hold a character that can be seen" }];
};

export const assertTexts = (body: Readonly<Record<string, string | null | undefined>>): void =>
  assertNone(Object.entries(body).flatMap(([name, text]) => textFaults(`/${name}`, text)));

type PutBody = { userId?: string; owners?: string[]; nickname?: string; currency: string };

/** The owners that a registration names: by `userId` or by `owners`, and not by both. */
export const checkedRegistration = ({ userId, owners, nickname, currency }: PutBody) => {
  const errors: Fault[] = textFaults("/nickname", nickname);
  if ((userId === undefined) === (owners === undefined)) {
    const path = userId === undefined ? "/userId" : "/owners";
    const message = userId === undefined ? "is required, or `owners` in its place" : "goes without `userId`";
    errors.push({ in: "body", path, message });
  }
  const named = owners ?? [userId ?? ""];
  for (const [place, owner] of named.entries()) {
    if (owner !== "" && !isUserId(owner)) {
      const path = owners === undefined ? "/userId" : `/owners/${place}`;
      errors.push({ in: "body", path, message: "must be a user's id, without control characters" });
    }
  }
  if (currencyDecimals(currency) === undefined) {
    errors.push({ in: "body", path: "/currency", message: "must be a code of ISO 4217, for example EUR" });
  }
  assertNone(errors);
  return { owners: named, nickname, currency };
};
