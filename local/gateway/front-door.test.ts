import { connect } from "node:net";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { type FrontDoor, listenFrontDoor } from "./front-door.ts";
import { loadGatewayResponses } from "./gateway-responses.ts";
import { send } from "./rest-api.ts";

const responses = loadGatewayResponses(join(import.meta.dirname, "..", "..", "functions"));

let door: FrontDoor | undefined;
afterEach(() => door?.close(AbortSignal.abort()));

/** Everything that the front door answers to these bytes. */
const answerTo = async (head: string): Promise<{ text: string; upgraded: number }> => {
  let upgraded = 0;
  door = await listenFrontDoor(0, responses);
  door.open(
    async (request, response) => send(request, response, { status: 200, headers: [], body: "in" }),
    [
      {
        claims: (_hostname, url) => url === "/realtime",
        handle: () => ({ status: 426, headers: [], body: "" }),
        upgrade: (_request, socket) => {
          upgraded += 1;
          socket.end("HTTP/1.1 101 Switching Protocols\r\n\r\n");
        },
      },
    ],
  );
  const { port } = door;
  const text = await new Promise<string>((done, fail) => {
    let received = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(head));
    socket.setEncoding("utf8");
    socket.on("data", (data) => {
      received += data;
      // An answer that is not the last of its connection is whole when its body is.
      if (/\r\n\r\n(in|.*\})$/s.test(received)) socket.end();
    });
    socket.on("error", fail).on("close", () => done(received));
  });
  return { text, upgraded };
};

describe("a request's host", () => {
  it.each(["localhost", "127.0.0.1:4000", "demo.go.localhost:4000", "[::1]:4000"])(
    "may be %s",
    async (host) => {
      const { text } = await answerTo(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`);

      expect(text).toMatch(/^HTTP\/1.1 200 /);
    },
  );

  it.each(["evil.example", "127.0.0.1.evil.example:4000", "192.168.1.7:4000"])(
    "is refused with 403 when it is %s",
    async (host) => {
      const { text } = await answerTo(`GET / HTTP/1.1\r\nHost: ${host}\r\n\r\n`);

      expect(text).toMatch(/^HTTP\/1.1 403 /);
      expect(text).toContain("content-type: application/problem+json");
      expect(text).toContain('"code":"FORBIDDEN"');
    },
  );

  it("is refused for an upgrade too", async () => {
    const upgrade = "Connection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
    const foreign = await answerTo(`GET /realtime HTTP/1.1\r\nHost: evil.example\r\n${upgrade}`);
    await door?.close(AbortSignal.abort());
    const own = await answerTo(`GET /realtime HTTP/1.1\r\nHost: localhost\r\n${upgrade}`);

    expect(foreign.text).toMatch(/^HTTP\/1.1 403 /);
    expect([foreign.upgraded, own.upgraded]).toEqual([0, 1]);
  });

  it.each(["HTTP/1.1", "HTTP/1.0"])("is a problem of its own when it is missing in %s", async (version) => {
    const { text } = await answerTo(`GET / ${version}\r\n\r\n`);

    expect(text).toMatch(/^HTTP\/1.1 400 /);
    expect(text).toContain("content-type: application/problem+json");
    expect(text).toContain('"code":"BAD_REQUEST"');
  });
});

describe("an Expect header", () => {
  it("is a problem when it is not 100-continue", async () => {
    const { text } = await answerTo("GET / HTTP/1.1\r\nHost: localhost\r\nExpect: miracles\r\n\r\n");

    expect(text).toMatch(/^HTTP\/1.1 417 /);
    expect(text).toContain("content-type: application/problem+json");
    expect(text).toContain('"code":"BAD_REQUEST"');
  });

  it("is answered when it is 100-continue", async () => {
    const { text } = await answerTo("GET / HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\n\r\n");

    expect(text).toMatch(/^HTTP\/1.1 100 Continue\r\n\r\nHTTP\/1.1 200 /);
  });
});
