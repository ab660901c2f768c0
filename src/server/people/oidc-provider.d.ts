declare module "oidc-provider" {
  import type { RequestListener } from "node:http";

  /** What tests use of it. */
  export default class Provider {
    constructor(issuer: string, configuration: Readonly<Record<string, unknown>>);
    callback(): RequestListener;
  }
}
