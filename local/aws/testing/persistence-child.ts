/** A port that a test kills: it starts on the folder it is given, says where it listens, and stays. */
import { startTestPort } from "./port.ts";

const port = await startTestPort({ dataFolder: process.argv[2] ?? "" });
process.stdout.write(`${port.url}\n`);
