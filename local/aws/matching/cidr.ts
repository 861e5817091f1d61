import { BlockList, isIP } from "node:net";
import { refuse } from "./pattern-error.ts";

const family = (version: number) => (version === 4 ? "ipv4" : "ipv6");

/** Returns a test of addresses. The mask is shorter than the address, because EventBridge requires that. */
export const cidr = (block: string): ((value: string) => boolean) => {
  const [address = "", bits = "", ...more] = block.split("/");
  if (bits === "" || more.length > 0) refuse("Malformed CIDR, one '/' required");
  if (!/^-?\d+$/.test(bits)) refuse("Malformed CIDR, mask bits must be an integer");
  const length = Number(bits);
  if (length < 0) refuse("Malformed CIDR, mask bits must not be negative");
  const version = isIP(address);
  if (version === 0) refuse(`Nonstandard IP address: ${address}`);
  if (version === 4 && length > 31) refuse("IPv4 mask bits must be < 32");
  if (version === 6 && length > 127) refuse("IPv6 mask bits must be < 128");
  const list = new BlockList();
  list.addSubnet(address, length, family(version));
  return (value) => isIP(value) === version && list.check(value, family(version));
};
