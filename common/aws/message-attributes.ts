/** Text attributes as SQS and SNS take them; both refuse an empty value. */
export const toMessageAttributes = (attributes: Record<string, string>) =>
  Object.fromEntries(
    Object.entries(attributes).map(([name, value]) => [
      name,
      { DataType: "String", StringValue: value || "-" },
    ]),
  );
