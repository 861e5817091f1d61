/**
 * ISO 4217 by the number of its decimals. Codes that were withdrawn lately stay, because files bring old
 * movements. Those without decimals of their own (metals, `XDR`, `XTS`, `XXX`) are left out: an amount in
 * them cannot be checked.
 */
const BY_DECIMALS: readonly [decimals: number, codes: string][] = [
  [0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"],
  [
    2,
    `AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE
     CHF CHW CNY COP COU CRC CUC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD
     HNL HTG HUF IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU
     MUR MVR MWK MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG
     SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST
     XAD XCD XCG YER ZAR ZMW ZWG`,
  ],
  [3, "BHD IQD JOD KWD LYD OMR TND"],
  [4, "CLF UYW"],
];

const DECIMALS: ReadonlyMap<string, number> = new Map(
  BY_DECIMALS.flatMap(([decimals, codes]) =>
    codes.split(/\s+/).map((code): [string, number] => [code, decimals]),
  ),
);

/** The most decimals that any currency has. */
export const CURRENCY_DECIMALS_MAX = Math.max(...DECIMALS.values());

/** How many decimals an amount of this currency has; undefined if ISO 4217 has no such code. */
export const currencyDecimals = (code: string): number | undefined => DECIMALS.get(code);

/** The codes, in the order of the alphabet. */
export const currencyCodes = (): string[] => [...DECIMALS.keys()].toSorted();
