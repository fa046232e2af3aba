// Verifies the quotes of a folder of vectors with dcap-qvl: Rust compiled to WebAssembly, and its JavaScript sibling.
// Prints one line of JSON per quote and verifier: what it says and, with --time, the median microseconds.
//
// usage: node peers.mjs VECTORS [--time N]; the packages must be in ./node_modules (see `differences` and `run`)
import fs from "node:fs";
import path from "node:path";
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

const require = createRequire(path.join(process.cwd(), "peers.cjs"));
const load = async (name) => import(pathToFileURL(require.resolve(name)).href);

const vectors = process.argv[2];
const rounds = process.argv[3] === "--time" ? Number(process.argv[4]) : 0;

const plain = await load("@phala/dcap-qvl");
const web = await load("@phala/dcap-qvl-web/dcap-qvl-web.js");
web.initSync({ module: fs.readFileSync(require.resolve("@phala/dcap-qvl-web/dcap-qvl-web_bg.wasm")) });

function signed(file, member) {
  const text = fs.readFileSync(file, "utf8");
  const from = text.indexOf("{", text.indexOf(`"${member}"`));
  let depth = 0;
  let end = from;
  for (let inText = false; end < text.length; end++) {
    const c = text[end];
    if (inText) {
      if (c === "\\") end++;
      else if (c === '"') inText = false;
    } else if (c === '"') inText = true;
    else if (c === "{") depth++;
    else if (c === "}" && --depth === 0) break;
  }
  return [text.slice(from, end + 1), JSON.parse(text).signature];
}

function list(folder, expected, name) {
  const file = path.join(folder, expected.files[name]);
  const bytes = fs.readFileSync(file);
  return file.endsWith(".hex") ? bytes.toString("utf8").trim() : bytes.toString("hex");
}

function collateral(folder, expected) {
  const text = (name) => fs.readFileSync(path.join(folder, expected.files[name]), "utf8");
  const [tcbInfo, tcbSignature] = signed(path.join(folder, expected.files.tcbInfo), "tcbInfo");
  const [identity, identitySignature] = signed(path.join(folder, expected.files.qeIdentity), "enclaveIdentity");
  return {
    pck_crl_issuer_chain: expected.files.pckCrlChain ? text("pckCrlChain") : text("tcbInfoChain"),
    root_ca_crl: list(folder, expected, "rootCrl"),
    pck_crl: list(folder, expected, "pckCrl"),
    tcb_info_issuer_chain: text("tcbInfoChain"),
    tcb_info: tcbInfo,
    tcb_info_signature: tcbSignature,
    qe_identity_issuer_chain: text("qeIdentityChain"),
    qe_identity: identity,
    qe_identity_signature: identitySignature,
  };
}

function bytes(hex) {
  return Uint8Array.from(Buffer.from(hex, "hex"));
}

const verifiers = {
  "dcap-qvl (WebAssembly)": (quote, c, at) => web.js_verify(quote, c, BigInt(at)),
  "dcap-qvl (JavaScript)": (quote, c, at) =>
    plain.verify(
      quote,
      { ...c, root_ca_crl: bytes(c.root_ca_crl), pck_crl: bytes(c.pck_crl),
        tcb_info_signature: bytes(c.tcb_info_signature), qe_identity_signature: bytes(c.qe_identity_signature) },
      at),
};

function once(verify, quote, c, at) {
  try {
    const report = verify(quote, c, at);
    return { outcome: report.status, advisories: [...(report.advisory_ids ?? [])].sort() };
  } catch (e) {
    return { outcome: "rejected", reason: String(e.message ?? e).split("\n")[0] };
  }
}

for (const kind of ["sgx", "tdx"]) {
  for (const name of fs.readdirSync(path.join(vectors, kind)).sort()) {
    const folder = path.join(vectors, kind, name);
    const expected = JSON.parse(fs.readFileSync(path.join(folder, "expected.json"), "utf8"));
    const quote = new Uint8Array(fs.readFileSync(path.join(folder, expected.files.quote)));
    const at = Math.floor(Date.parse(expected.at) / 1000);
    const c = collateral(folder, expected);
    for (const [verifier, verify] of Object.entries(verifiers)) {
      const said = { vector: `${kind}/${name}`, verifier, ...once(verify, quote, c, at) };
      if (rounds > 0) {
        const times = [];
        for (let i = 0; i < rounds; i++) {
          const begin = process.hrtime.bigint();
          once(verify, quote, c, at);
          times.push(Number(process.hrtime.bigint() - begin) / 1000);
        }
        said.median_us = times.sort((a, b) => a - b)[rounds >> 1];
      }
      console.log(JSON.stringify(said));
    }
  }
}
