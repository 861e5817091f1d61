import { type Setting, textThat } from "#common/config/config.ts";

const number =
  (min: number, max: number): Setting<number> =>
  (value) => {
    const read = textThat(
      (text) => /^\d{1,6}$/.test(text) && Number(text) >= min && Number(text) <= max,
      `a number from ${min} to ${max}`,
    )(value);
    return read.ok ? { ok: true, value: Number(read.value) } : read;
  };

/** `LOG_STREAMS`: over how many delivery streams organizations are spread. */
export const logStreams = (): Setting<number> => number(1, 100);

/** `LOG_DAYS`: how many days back a message's own time counts. */
export const logDays = (): Setting<number> => number(1, 36_500);
