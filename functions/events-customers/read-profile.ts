import { FaultList } from "#common/errors/fault.ts";
import { CUSTOMER_LIMITS, type Profile } from "#common/events/customers/customer.ts";
import { numberFaults } from "#common/json/exact-numbers.ts";
import { parseJson } from "#common/json/json.ts";
import type { ReadBody } from "#common/middleware/validation.ts";
import { isVisible } from "#common/text/visible.ts";
import { hasControlCharacter } from "#common/validation/control-characters.ts";
import type { Validator } from "#common/validation/validator.ts";

const { attributesBytes } = CUSTOMER_LIMITS;

/** The body of `PUT /customers/{customerId}`, with the rules that its schema cannot say. */
export const makeReadProfile =
  (schema: Validator<Profile>): ReadBody =>
  (text, _, beside) => {
    const { value, faults } = parseJson(text, beside);
    const list = new FaultList().add(...faults, ...schema.faults(value));
    // What follows reads by recursion, which may be too deep.
    if (faults.length > 0 || typeof value !== "object" || value === null)
      return { value, faults: list.faults };
    list.add(...numberFaults(text));
    for (const [name, inner] of Object.entries(value)) {
      if (typeof inner === "string" && hasControlCharacter(inner)) {
        list.add({ path: `/${name}`, message: "must not hold control characters" });
      }
      // An empty name is a fault of the schema already.
      if (name === "name" && typeof inner === "string" && inner !== "" && !isVisible(inner)) {
        list.add({ path: "/name", message: "must hold a character that can be seen" });
      }
      if (name !== "attributes") continue;
      const bytes = Buffer.byteLength(JSON.stringify(inner));
      if (bytes > attributesBytes) {
        const message = `must have at most ${attributesBytes} bytes as JSON, got ${bytes}`;
        list.add({ path: "/attributes", message });
      }
    }
    return { value, faults: list.faults };
  };
