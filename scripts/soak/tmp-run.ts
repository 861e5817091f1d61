import { soakLogs } from "./soak-logs.ts";
console.log((await soakLogs({ messages: 20_000, chaos: 0.1, throttleMs: 2_000, onProgress: (l) => console.log(l) })).slice(0, 10));
process.exit();
