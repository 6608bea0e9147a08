// Reference client in TypeScript (Node 20 or newer, no packages): a token, a list, a signed write.
// MINGJIAN_URL, CLIENT_ID, KEY_ID and KEY_FILE (PKCS #8 PEM of an Ed25519 key) come from the environment.
import { createHash, createPrivateKey, randomUUID, sign } from "node:crypto";
import { readFileSync } from "node:fs";

const env = (name: string): string => process.env[name] ?? (() => { throw new Error(`${name} is not set`); })();
const [url, client, keyId] = [env("MINGJIAN_URL"), env("CLIENT_ID"), env("KEY_ID")];
const key = createPrivateKey(readFileSync(env("KEY_FILE")));
const seconds = (): number => Math.floor(Date.now() / 1000);
const signed = (text: string): Buffer => sign(null, Buffer.from(text), key);

/** private_key_jwt (RFC 7523): an assertion of at most 300 s with a fresh jti. */
async function token(): Promise<string> {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims = { iss: client, sub: client, aud: "mingjian", exp: seconds() + 60, jti: randomUUID() };
  const text = `${part({ alg: "EdDSA", kid: keyId })}.${part(claims)}`;
  const body = new URLSearchParams({
    grant_type: "client_credentials",
    client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    client_assertion: `${text}.${signed(text).toString("base64url")}`,
  });
  const answer = await fetch(`${url}/api/v1/oauth/token`, { method: "POST", body });
  return ((await answer.json()) as { access_token: string }).access_token;
}

/** Writes are signed (RFC 9421) and carry an Idempotency-Key; send the same key again after a lost answer. */
async function call(method: string, target: string, bearer: string, body?: string, type = "application/json") {
  const headers: Record<string, string> = { authorization: `Bearer ${bearer}` };
  if (method !== "GET") {
    const { pathname, search } = new URL(url + target);
    const digest = `sha-256=:${createHash("sha256").update(body ?? "").digest("base64")}:`;
    const covered = { "@method": method, "@path": pathname, "@query": search || "?", "content-digest": digest };
    const names = Object.keys(covered).map((name) => `"${name}"`).join(" ");
    const nonce = randomUUID();
    const params = `(${names});created=${seconds()};nonce="${nonce}";keyid="${keyId}";alg="ed25519"`;
    const lines = Object.entries(covered).map(([name, value]) => `"${name}": ${value}\n`).join("");
    Object.assign(headers, {
      "content-type": type,
      "content-digest": digest,
      "idempotency-key": randomUUID(),
      "signature-input": `sig=${params}`,
      signature: `sig=:${signed(`${lines}"@signature-params": ${params}`).toString("base64")}:`,
    });
  }
  const answer = await fetch(url + target, { method, headers, body });
  if (!answer.ok) throw new Error(await answer.text());
  return (await answer.json()) as Record<string, any>;
}

const bearer = await token();
console.log("objects:", (await call("GET", "/api/v1/objects?limit=1", bearer)).page.total);
const rows = "部门编码,系统名称,事项编码,事项名称\n51082103,参考客户端,TS-1,参考事项\n";
console.log("job:", (await call("POST", "/api/v1/imports?dataset=own-system-items&filename=items.csv", bearer, rows, "text/csv")).id);
