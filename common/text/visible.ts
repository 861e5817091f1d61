/**
 * Any character that leaves a mark: none of white space, control and format characters, fillers and joiners
 * (Default_Ignorable_Code_Point), and the empty Braille pattern, which is a symbol to Unicode.
 */
const VISIBLE = /[^\p{White_Space}\p{Cc}\p{Cf}\p{Cs}\p{Default_Ignorable_Code_Point}\u2800]/u;

/** Whether a person who is shown the text sees anything of it. */
export const isVisible = (text: string): boolean => VISIBLE.test(text);
