import { Type } from "typebox";
import { queryValidator } from "#common/validation/schema.ts";
import { pageFields } from "./page.fields.ts";

/** Query of a list without filters. */
export const PageQuery = queryValidator(Type.Object(pageFields, { additionalProperties: false }));
