// A real OpenID Connect provider on this machine: node provider.mjs PORT FOLDER-OF-MODULES REDIRECT...
// Whoever signs in as "unverified:ADDRESS" has an address that was not verified.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const [port, modules, ...redirects] = process.argv.slice(2);
const found = createRequire(`${modules}/`).resolve("oidc-provider");
const { Provider } = await import(pathToFileURL(found).href);

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [
    {
      client_id: "tieout",
      client_secret: "only-for-tests",
      redirect_uris: redirects,
      grant_types: ["authorization_code"],
      response_types: ["code"],
    },
  ],
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name", "given_name", "family_name"] },
  pkce: { required: () => true },
  cookies: { keys: ["only-for-tests"] },
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => ({
      sub: id,
      email: id.replace("unverified:", ""),
      email_verified: !id.startsWith("unverified:"),
      name: "Ada Lovelace",
      given_name: "Ada",
      family_name: "Lovelace",
    }),
  }),
});
provider.listen(Number(port), "127.0.0.1", () => console.log("listening"));
