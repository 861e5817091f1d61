/** Of ASCII and Latin-1 (C0, DEL, C1): they move cursors and end lines wherever a text is shown. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is refused
const CONTROL_CHARACTER = /[\u0000-\u001f\u007f-\u009f]/;

export const hasControlCharacter = (text: string): boolean => CONTROL_CHARACTER.test(text);
