import { type } from "arktype";
import * as v from "valibot";
import { z } from "zod";

/** The recorder's rules as each library's users would write them; `detail` is any value in all. */
export const librarySchemas = (
  idPattern: string,
  textPattern: string,
): Record<string, (body: unknown) => boolean> => {
  const [id, words] = [new RegExp(idPattern), new RegExp(textPattern)];

  const text = (max: number) => z.string().min(1).max(max).regex(words);
  const withZod = z
    .array(
      z.strictObject({
        eventId: z.string().regex(id).optional(),
        organizationId: z.literal("demo").optional(),
        customerId: z.string().regex(id),
        type: text(100).refine((value: string) => value !== "audit"),
        description: text(1000),
        date: z.iso.datetime({ offset: true }).optional(),
        actor: text(255).optional(),
        detail: z.unknown().optional(),
      }),
    )
    .min(1)
    .max(500);

  const line = (max: number) => v.pipe(v.string(), v.minLength(1), v.maxLength(max), v.regex(words));
  const withValibot = v.pipe(
    v.array(
      v.strictObject({
        eventId: v.optional(v.pipe(v.string(), v.regex(id))),
        organizationId: v.optional(v.literal("demo")),
        customerId: v.pipe(v.string(), v.regex(id)),
        type: v.pipe(line(100), v.notValue("audit")),
        description: line(1000),
        date: v.optional(v.pipe(v.string(), v.isoTimestamp())),
        actor: v.optional(line(255)),
        detail: v.optional(v.unknown()),
      }),
    ),
    v.minLength(1),
    v.maxLength(500),
  );

  const arkText = (max: number) => type(words).and(`1 <= string <= ${max}`);
  const withArktype = type({
    "+": "reject",
    "eventId?": id,
    "organizationId?": "'demo'",
    customerId: id,
    type: arkText(100).narrow((value: string) => value !== "audit"),
    description: arkText(1000),
    "date?": "string.date.iso",
    "actor?": arkText(255),
    "detail?": "unknown",
  })
    .array()
    .and("1 <= unknown[] <= 500");

  return {
    zod: (body) => withZod.safeParse(body).success,
    valibot: (body) => v.is(withValibot, body),
    arktype: (body) => withArktype.allows(body),
  };
};
