export type DemoCustomer = {
  customerId: string;
  profile: { name: string; email: string; attributes: { branch: string } };
};

const FIRST_NAMES = "Ada,Bruno,Chloë,Dragan,Élise,Fatima,Goran,Hana,Ivo,Jasmin,Kofi,Lučka".split(",");
const LAST_NAMES = "Novak,Müller,Garcia,Okafor,Horvat,Strauß,Nguyen,Rossi,Kovač,Brown".split(",");
const BRANCHES = ["north", "harbour", "online"];

/** As many different names as there are customers in the demo. */
export const DEMO_CUSTOMERS = FIRST_NAMES.length * LAST_NAMES.length;

/** The first customers of the demo; the same in every run. */
export const demoCustomers = (count: number): DemoCustomer[] =>
  Array.from({ length: count }, (_, at) => {
    const last = LAST_NAMES[at % LAST_NAMES.length] ?? "";
    const first = FIRST_NAMES[Math.floor(at / LAST_NAMES.length) % FIRST_NAMES.length] ?? "";
    const customerId = `demo-${String(at + 1).padStart(3, "0")}`;
    return {
      customerId,
      profile: {
        name: `${first} ${last}`,
        email: `${customerId}@example.org`,
        attributes: { branch: BRANCHES[at % BRANCHES.length] ?? "" },
      },
    };
  });
