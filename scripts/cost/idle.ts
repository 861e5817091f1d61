import { dollars, type PriceList } from "./prices.ts";

/** What an environment has that costs money though nothing uses it; Terraform's state is counted for it. */
export type Billed = {
  keys: number;
  alarms: number;
  dashboards: number;
  /** Interface endpoints, each once per zone. */
  endpointZones: number;
  natGateways: number;
  firewalls: number;
  firewallRules: number;
  /** Functions that take from queues: Lambda asks the queues for them. */
  queueReaders: number;
  secrets: number;
  /** Memory of the instances that are kept warm. */
  provisionedMb: number;
};

export type Line = { what: string; usd: number };

const HOURS_A_MONTH = 730;

/** Lambda asks an empty queue with five pollers, each of which waits for 20 seconds. */
const ASKS_A_MONTH = 5 * 3 * 60 * HOURS_A_MONTH;

/** Dollars a month of an environment that is not used, by purpose; what costs nothing is left out. */
export const idleCost = (list: PriceList, billed: Billed): Line[] =>
  [
    {
      what: `${billed.endpointZones} endpoints × zones`,
      usd: dollars(list, "endpointHour", billed.endpointZones * HOURS_A_MONTH),
    },
    {
      what: `${billed.natGateways} NAT gateways`,
      usd: dollars(list, "natHour", billed.natGateways * HOURS_A_MONTH),
    },
    { what: `${billed.dashboards} dashboards`, usd: dollars(list, "dashboard", billed.dashboards) },
    { what: `${billed.alarms} alarms`, usd: dollars(list, "alarm", billed.alarms) },
    {
      what: `firewall with ${billed.firewallRules} rules`,
      usd: dollars(list, "firewall", billed.firewalls) + dollars(list, "firewallRule", billed.firewallRules),
    },
    { what: `${billed.keys} keys`, usd: dollars(list, "key", billed.keys) },
    {
      what: `${billed.queueReaders} readers of empty queues`,
      usd: dollars(list, "queueRequest", billed.queueReaders * ASKS_A_MONTH),
    },
    { what: `${billed.secrets} secrets`, usd: dollars(list, "secret", billed.secrets) },
    {
      what: `${billed.provisionedMb} MB kept warm`,
      usd: dollars(list, "lambdaProvisionedGbSecond", (billed.provisionedMb / 1024) * HOURS_A_MONTH * 3600),
    },
  ].filter(({ usd }) => usd > 0);

export const sum = (lines: readonly Line[]): number => lines.reduce((total, { usd }) => total + usd, 0);
