import { UnsupportedError } from "../../base/index.js";

/** @throws UnsupportedError `file-in-page`: a page has no files */
function refuse(): Promise<never> {
  return Promise.reject(new UnsupportedError("file-in-page", "files: expected a program with access to files, got a page. Hand over the bytes."));
}

export { refuse as mkdir, refuse as open, refuse as readdir, refuse as readFile, refuse as rename, refuse as rm, refuse as stat };
