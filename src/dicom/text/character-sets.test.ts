import assert from "node:assert/strict";
import test from "node:test";
import { decodeText } from "./character-sets.js";

const bytes = (text: string): Uint8Array => Buffer.from(text, "latin1");

// DICOM PS3.5 annexes H.3 (Japanese), I.2 (Korean), J.1 and J.2 (Chinese), K: the standard's own examples, as bytes.
const examples: readonly { title: string; sets: readonly string[]; encoded: Uint8Array; text: string }[] = [
  { title: "Japanese, annex H.3.1", sets: ["", "ISO 2022 IR 87"], encoded: bytes("Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B=\x1b$B$d$^$@\x1b(B^\x1b$B$?$m$&\x1b(B"), text: "Yamada^Tarou=山田^太郎=やまだ^たろう" },
  { title: "Japanese with half-width kana, annex H.3.2", sets: ["ISO 2022 IR 13", "ISO 2022 IR 87"], encoded: bytes("\xd4\xcf\xc0\xde^\xc0\xdb\xb3=\x1b$B;3ED\x1b(J^\x1b$BB@O:\x1b(J"), text: "ﾔﾏﾀﾞ^ﾀﾛｳ=山田^太郎" },
  { title: "Korean, annex I.2", sets: ["", "ISO 2022 IR 149"], encoded: bytes("Hong^Gildong=\x1b$)C\xfb\xf3^\x1b$)C\xd1\xce\xd4\xd7=\x1b$)C\xc8\xab^\x1b$)C\xb1\xe6\xb5\xbf"), text: "Hong^Gildong=洪^吉洞=홍^길동" },
  { title: "Chinese in UTF-8, annex J.1", sets: ["ISO_IR 192"], encoded: Buffer.from("Wang^XiaoDong=王^小東", "utf8"), text: "Wang^XiaoDong=王^小東" },
  { title: "Chinese in GB18030, annex J.2", sets: ["GB18030"], encoded: bytes("Wang^XiaoDong=\xcd\xf5^\xd0\xa1\xb6\xab"), text: "Wang^XiaoDong=王^小东" },
  { title: "Chinese in GB2312 by escape, annex K.2", sets: ["", "ISO 2022 IR 58"], encoded: bytes("Zhang^XiaoDong=\x1b$)A\xd5\xc5^\x1b$)A\xd0\xa1\xb6\xab"), text: "Zhang^XiaoDong=张^小东" },
  { title: "Greek", sets: ["ISO_IR 126"], encoded: bytes("\xc4\xe9\xef\xed\xf5\xf3\xe9\xef\xf2"), text: "Διονυσιος" },
  { title: "Russian", sets: ["ISO_IR 144"], encoded: bytes("\xbb\xee\xdace\xdc\xd1yp\xd3"), text: "Люкceмбypг" },
  { title: "Arabic", sets: ["ISO_IR 127"], encoded: bytes("\xe2\xc8\xc7\xe6\xea^\xe4\xe6\xd2\xc7\xd1"), text: "قباني^لنزار" },
  { title: "Hebrew", sets: ["ISO_IR 138"], encoded: bytes("\xf9\xf8\xe5\xef^\xe3\xe1\xe5\xf8\xe4"), text: "שרון^דבורה" },
  { title: "German in Latin-1", sets: ["ISO_IR 100"], encoded: bytes("\xc4neas^R\xfcdiger"), text: "Äneas^Rüdiger" },
  { title: "French by escape into Latin-1 beside Greek", sets: ["ISO 2022 IR 6", "ISO 2022 IR 100", "ISO 2022 IR 126"], encoded: bytes("Dionysios is \x1b-F\xc4\xe9\xef\xed\x1b-A and \xe9t\xe9"), text: "Dionysios is Διον and été" },
  { title: "no character set, valid as UTF-8", sets: [], encoded: Buffer.from("Müller", "utf8"), text: "Müller" },
  { title: "no character set, Latin-1", sets: [], encoded: bytes("M\xfcller"), text: "Müller" },
  { title: "an unknown character set", sets: ["ISO_IR 999"], encoded: bytes("Meyer"), text: "Meyer" },
];

for (const { title, sets, encoded, text } of examples) {
  test(`${title} is read as the standard's example says`, () => {
    assert.equal(decodeText(encoded, sets), text);
  });
}
