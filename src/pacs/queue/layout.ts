import path from "node:path";

/** Where things lie in a queue's folder. */
export class QueueLayout {
  constructor(readonly folder: string) {}

  at(...names: string[]): string {
    return path.join(this.folder, ...names);
  }

  received(id: string): string {
    return this.at("received", `${id}.dcm`);
  }

  /** Folder of results and record. */
  outgoing(id: string): string {
    return this.at("outgoing", id);
  }

  /** Records lie in folders by their first letters, so that none grows too long. */
  record(state: "done" | "refused" | "failed", id: string): string {
    return this.at(state, id.slice(0, 2), `${id}.json`);
  }

  /** The image of a failure lies beside its record. */
  failedImage(id: string): string {
    return this.at("failed", id.slice(0, 2), `${id}.dcm`);
  }

  attempts(id: string): string {
    return this.at("attempts", id);
  }

  origin(id: string): string {
    return this.at("attempts", `${id}.origin`);
  }
}
