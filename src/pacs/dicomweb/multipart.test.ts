import assert from "node:assert/strict";
import test from "node:test";
import fc from "fast-check";
import { DataError } from "../../base/index.js";
import { boundaryOf, encodeMultipart, readMultipart, type MultipartLimits, type Part } from "./multipart.js";

/** The message in pieces of the given sizes, over and over. */
async function* inPieces(message: Buffer, sizes: readonly number[]): AsyncGenerator<Buffer> {
  for (let at = 0, i = 0; at < message.length; i++) {
    const size = Math.max(1, sizes[i % sizes.length]!);
    yield message.subarray(at, at + size);
    at += size;
  }
}

async function read(message: string | Buffer, boundary: string, sizes: readonly number[] = [7], limits: MultipartLimits = {}): Promise<Part[]> {
  const parts: Part[] = [];
  for await (const part of readMultipart(inPieces(Buffer.from(message as string, "latin1"), sizes), boundary, limits)) parts.push({ headers: part.headers, body: Buffer.from(part.body) });
  return parts;
}

test("what is written is read back, however the network cuts it", () =>
  fc.assert(
    fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 5 }), fc.array(fc.integer({ min: 1, max: 90 }), { minLength: 1, maxLength: 5 }), async (files, sizes) => {
      const { parts, contentType, length } = encodeMultipart(files, "a-boundary'()+_,-./:=?x");
      const message = Buffer.concat(parts);
      assert.equal(message.length, length);
      const back = await read(message, "a-boundary'()+_,-./:=?x", sizes);
      assert.deepEqual(back.map(({ body }) => [...body]), files.map((file) => [...file]));
      assert.ok(back.every(({ headers }) => headers.get("content-type") === "application/dicom"));
      assert.match(contentType, /^multipart\/related/);
    }),
    { numRuns: 30 },
  ));

test("a preamble, white space after boundaries, folded and missing headers are read as RFC 2046 has them", async () => {
  const message = "hello\r\n--b \t\r\nContent-Type: text/plain;\r\n charset=x\r\nX: 1\r\n\r\none\r\n--b\r\n\r\ntwo--b\r\n--b--\r\nafter\r\n--b\r\n";
  for (const sizes of [[1], [3], [1000]]) {
    const parts = await read(message, "b", sizes);
    assert.deepEqual(parts.map(({ body }) => body.toString()), ["one", "two--b"]);
    assert.deepEqual([...parts[0]!.headers], [["content-type", "text/plain; charset=x"], ["x", "1"]]);
    assert.equal(parts[1]!.headers.size, 0);
  }
});

test("boundaries are found in every usual way to write them, and nothing else is taken for one", () => {
  assert.equal(boundaryOf('multipart/related; type="application/dicom"; boundary=abc'), "abc");
  assert.equal(boundaryOf('Multipart/Related;boundary="a b\\"c";type=x'), 'a b"c');
  assert.equal(boundaryOf('multipart/related; start="boundary=no"; BOUNDARY=yes'), "yes");
  for (const bad of ["", "application/json", "multipart/related", "multipart/related; boundary=", `multipart/related; boundary=${"x".repeat(201)}`, 'multipart/related; type="boundary=x"']) {
    assert.throws(() => boundaryOf(bad), DataError);
  }
});

const bad: readonly (readonly [string, string, MultipartLimits?])[] = [
  ["nothing", ""],
  ["no boundary", "x".repeat(40_000)],
  ["an end within a part", "--b\r\n\r\nhalf"],
  ["an end without the last boundary", "--b\r\n\r\none\r\n--b\r\n"],
  ["headers that never end", `--b\r\n${"X: y\r\n".repeat(10_000)}`],
  ["a line without colon", "--b\r\nnonsense\r\n\r\none\r\n--b--"],
  ["other bytes after a boundary", "--bxx\r\n\r\none\r\n--b--"],
  ["a part above the limit", `--b\r\n\r\n${"x".repeat(2000)}\r\n--b--`, { maxPartBytes: 1000 }],
  ["more parts than allowed", `${"--b\r\n\r\nx\r\n".repeat(5)}--b--`, { maxParts: 3 }],
];
for (const [what, message, limits] of bad) {
  test(`a message with ${what} is refused`, async () => {
    for (const sizes of [[1], [4096]]) await assert.rejects(read(message, "b", sizes, limits), { name: "DataError", code: "multipart" });
  });
}

test("damaged messages give parts or an error, never more bytes than came", () =>
  fc.assert(
    fc.asyncProperty(fc.array(fc.constantFrom("--b", "--b--", "\r\n", "\r", "\n", "-", "X: y", "\r\n\r\n", "body", "b"), { maxLength: 40 }), fc.integer({ min: 1, max: 9 }), async (pieces, size) => {
      const message = pieces.join("");
      const parts = await read(message, "b", [size]).catch((error: unknown) => {
        assert.ok(error instanceof DataError);
        return [];
      });
      assert.ok(parts.reduce((sum, { body }) => sum + body.length, 0) <= message.length);
    }),
    { numRuns: 120 },
  ));
