/** Where money goes, with the least and the most that a purchase there costs, in cents. */
export type Shop = readonly [description: string, least: number, most: number];

export const SHOPS: readonly [Shop, ...Shop[]] = [
  ["BLUE BOTTLE COFFEE #114 OAKLAND CA", 350, 1_250],
  ["SQ *JOE'S DINER PORTLAND OR", 900, 4_800],
  ["WHOLEFDS MKT #10234", 1_800, 14_500],
  ["TRADER JOE'S #512", 1_500, 9_800],
  ["SAFEWAY STORE 1881", 700, 12_000],
  ["AMAZON.COM*2K4TR1", 600, 18_000],
  ["TARGET 00014423", 800, 15_000],
  ["CVS/PHARMACY #04410", 400, 6_500],
  ["TST* Café Zoë, Main Street", 500, 3_200],
  ["UBER *TRIP HELP.UBER.COM", 700, 4_400],
  ["LYFT *RIDE SUN 9AM", 650, 3_900],
  ["CITY OF PORTLAND PARKING", 200, 1_200],
  ["PAYPAL *EBAY", 500, 22_000],
  ["HOME DEPOT 4032", 900, 30_000],
  ["PP*DOG WALKER, NINA", 1_500, 3_000],
  ['TAQUERIA EL "SOL"', 800, 3_400],
  ["ATM WITHDRAWAL 0442", 2_000, 20_000],
];

export const FUEL: readonly [Shop, ...Shop[]] = [
  ["SHELL OIL 57442 SALEM OR", 2_400, 7_800],
  ["CHEVRON 0091 TIGARD OR", 2_600, 8_200],
  ["COSTCO GAS #692", 2_000, 6_900],
];

export const SUBSCRIPTIONS: readonly [Shop, ...Shop[]] = [
  ["NETFLIX.COM", 1_549, 1_549],
  ["SPOTIFY USA", 1_199, 1_199],
  ["APPLE.COM/BILL", 299, 999],
  ["ADOBE *CREATIVE CLOUD", 5_999, 5_999],
  ["NYTIMES*NYTIMES DIGITAL", 1_700, 1_700],
  ["DROPBOX*1TLW3X", 1_199, 1_199],
  ["AUDIBLE*K2 MEMBERSHIP", 1_495, 1_495],
];

/** Paid each month, used by no account that ever goes there. */
export const FORGOTTEN: Shop = ["FITLIFE GYM MEMBERSHIP", 3_499, 3_499];

/** Abroad, with the currency that stands in the memo. */
export const ABROAD: readonly [Shop, ...Shop[]] = [
  ["BOULANGERIE SAINT-ANTOINE PARIS FR", 400, 2_500],
  ["RATP PARIS FR", 190, 1_700],
  ["HÔTEL DU MARAIS, PARIS FR", 14_000, 26_000],
  ["MUSÉE D’ORSAY PARIS FR", 1_600, 3_400],
  ["BISTRO CHEZ PAUL PARIS FR", 2_800, 9_500],
];

export const EMPLOYERS: readonly [string, ...string[]] = [
  "PAYROLL ACME INC",
  "DIRECT DEP CITY SCHOOLS",
  "NORTHWIND HEALTH PAYROLL",
  "GLOBEX LLC PAYROLL",
];
