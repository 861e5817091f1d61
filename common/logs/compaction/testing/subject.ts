export { compactDay } from "../compact-day.ts";
export { noteErasure, readingOf } from "../day.ts";
export { dayStates } from "../day-states.ts";
export { addLateObject } from "../late-object.ts";
