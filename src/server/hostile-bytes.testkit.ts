import { connect } from "node:net";
import { gzipSync } from "node:zlib";

const line = (text: string): string => `${text}\r\n`;
const head = (host: string, first: string, ...more: readonly string[]): string => [first, `Host: ${host}`, ...more].map(line).join("") + line("");
const json = (host: string, length: string | number, ...more: readonly string[]): string => head(host, "POST /api/v1/auth/sign-in HTTP/1.1", "Content-Type: application/json", `Content-Length: ${length}`, ...more);

/** Bytes that no library would send: requests that are none, that smuggle another, that are larger than they say or never end. */
export function hostileBytes(host: string): Readonly<Record<string, Buffer>> {
  const bomb = gzipSync(Buffer.alloc(50_000_000));
  const bytes: Record<string, string | Buffer> = {
    "nothing at all": "\r\n\r\n\r\n",
    "no HTTP": "\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003",
    "an old version": "GET /\r\n\r\n",
    "a future version": head(host, "GET / HTTP/9.9"),
    "no host": "GET /api/v1/health HTTP/1.1\r\n\r\n",
    "two hosts": head(host, "GET /api/v1/health HTTP/1.1", "Host: elsewhere.example"),
    "another host": head("elsewhere.example", "GET /api/v1/health HTTP/1.1"),
    "a whole address": head(host, "GET http://elsewhere.example/api/v1/me HTTP/1.1"),
    "a tunnel": head(host, "CONNECT elsewhere.example:443 HTTP/1.1"),
    "a change of protocol": head(host, "GET /api/v1/me HTTP/1.1", "Connection: Upgrade", "Upgrade: h2c"),
    "two lengths": json(host, 2, "Content-Length: 200") + "{}",
    "a negative length": json(host, -1),
    "a length in words": json(host, "many"),
    "length and chunks": json(host, 4, "Transfer-Encoding: chunked") + "0\r\n\r\nGET /api/v1/users HTTP/1.1\r\n\r\n",
    "chunks of no length": head(host, "POST /api/v1/auth/sign-in HTTP/1.1", "Content-Type: application/json", "Transfer-Encoding: chunked") + "zz\r\n{}\r\n0\r\n\r\n",
    "a chunk without an end": head(host, "POST /api/v1/auth/sign-in HTTP/1.1", "Content-Type: application/json", "Transfer-Encoding: chunked") + "ffffffffffffffff\r\n{}",
    "another coding": head(host, "POST /api/v1/auth/sign-in HTTP/1.1", "Content-Type: application/json", "Transfer-Encoding: gzip, chunked") + "0\r\n\r\n",
    "a line break in a header": head(host, "GET /api/v1/me HTTP/1.1", "Cookie: a=b\nSet-Cookie: osteon_session=x"),
    "a return in a header": head(host, "GET /api/v1/me HTTP/1.1", "X-A: b\rSet-Cookie: osteon_session=x"),
    "a NUL in a header": head(host, "GET /api/v1/me HTTP/1.1", "X-A: \u0000"),
    "a folded header": head(host, "GET /api/v1/me HTTP/1.1", "X-A: b\r\n\tc"),
    "a header without a name": head(host, "GET /api/v1/me HTTP/1.1", ": x"),
    "a name with a space": head(host, "GET /api/v1/me HTTP/1.1", "Cookie : osteon_session=x"),
    "a header of 64 KiB": head(host, "GET /api/v1/me HTTP/1.1", `X-A: ${"y".repeat(65_536)}`),
    "three thousand headers": head(host, "GET /api/v1/me HTTP/1.1", ...Array.from({ length: 3000 }, (_, i) => `X-${i}: y`)),
    "an address of 64 KiB": head(host, `GET /${"a".repeat(65_536)} HTTP/1.1`),
    "a bomb of gzip": Buffer.concat([Buffer.from(json(host, bomb.length, "Content-Encoding: gzip")), bomb]),
    "a megabyte of brackets": json(host, 1_000_000) + "[".repeat(1_000_000),
    "UTF-16": Buffer.concat([Buffer.from(json(host, 8)), Buffer.from("{}  ", "utf16le")]),
    "half a letter": Buffer.concat([Buffer.from(json(host, 12)), Buffer.from('{"name":"'), Buffer.from([0xf0, 0x9f]), Buffer.from("}")]),
    "a name that pollutes": json(host, 46) + '{"__proto__":{"role":"administrator"},"name":1}',
    "a constructor that pollutes": json(host, 50) + '{"constructor":{"prototype":{"role":"x"}},"name":1}',
  };
  return Object.fromEntries(Object.entries(bytes).map(([name, value]) => [name, typeof value === "string" ? Buffer.from(value, "latin1") : value]));
}

/** Sends bytes; answers what came back until the server closed, or for as long as `waitMs`. */
export function sendBytes(port: number, bytes: Buffer, waitMs = 300): Promise<string> {
  return new Promise((resolve) => {
    let said = "";
    const socket = connect(port, "127.0.0.1", () => socket.write(bytes));
    const end = (): void => {
      socket.destroy();
      resolve(said);
    };
    socket.on("data", (part: Buffer) => {
      said += part.toString("latin1");
      // An answer that has come whole need not be waited for.
      if (/^HTTP\/1\.1 [45]\d\d/.test(said) && said.includes("\r\n\r\n")) end();
    });
    socket.on("error", end);
    socket.on("close", end);
    socket.setTimeout(waitMs, end);
  });
}
