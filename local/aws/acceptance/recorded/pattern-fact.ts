/**
 * What AWS answered when it was asked whether an event matches a pattern: facts from LocalStack's public
 * corpus of recorded answers (localstack/localstack, tests/aws/services/events), each named for what it shows.
 * `false` and `true` are verdicts; a text is the reason with which AWS refuses the pattern.
 */
export type PatternFact = readonly [name: string, pattern: object, event: object, verdict: boolean | string];

export const detail = (value: object) => ({ detail: value });
export const state = (value: unknown) => detail({ state: value });
export const asks = (condition: unknown) => detail({ state: [condition] });
export const but = (operand: unknown) => asks({ "anything-but": operand });
export const address = (value: unknown) => detail({ sourceIPAddress: value });
export const range = (cidr: unknown) => address([{ cidr }]);
