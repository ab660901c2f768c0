import { server } from "../../shell/server.js";

/** Bytes sent at once. */
const part = 8 * 1024 * 1024;
/** Times that a part is tried before one gives up. */
const tries = 5;

/** Sends a file by parts and goes on where the server says it is; answers the upload's id. */
export async function uploadFile(file: File, onShare: (share: number) => void): Promise<string> {
  const { id } = await server.call("makeUpload", { body: { name: file.name, size: file.size } });
  let offset = 0;
  let failures = 0;
  while (offset < file.size) {
    try {
      ({ offset } = await server.call("sendUpload", { params: { upload: id }, query: { offset }, bytes: file.slice(offset, offset + part) }));
      failures = 0;
      onShare(offset / file.size);
    } catch (error) {
      if (++failures === tries) throw error;
      await new Promise((go) => setTimeout(go, 500 * 2 ** failures));
      ({ offset } = await server.call("upload", { params: { upload: id } }));
    }
  }
  return id;
}
