// The rules of .dependency-cruiser.json. `<services>` in them stands for the services there are: each function's
// name begins with its service's, and the platform's own functions belong to none. Imports are shared by the
// services that register, and so count as a concern.
import { readdirSync, readFileSync } from "node:fs";

const here = (name) => new URL(name, import.meta.url);

const names = readdirSync(here("functions"), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name.split("-")[0]);
const services = [...new Set(names)].filter((name) => name !== "platform" && name !== "imports").sort();

export default JSON.parse(
  readFileSync(here(".dependency-cruiser.json"), "utf8").replaceAll("<services>", services.join("|")),
);
