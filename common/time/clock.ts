/** Unix milliseconds of now, as `Date.now`; tests bring their own. */
export type Clock = () => number;
