// Makes vectors.json: what two independent clients of WeChat's envelope give for a text of every length 0 to 2,100 bytes.
// Run once, outside the suite, in a folder of its own:
//   npm install wechat-crypto@0.0.2 @wecom/crypto@1.0.1     (Node 20)
//   node generate.js > vectors.json
// The 16 random bytes are fixed, so that an envelope is the same for whoever makes it: a digest of a block of lengths
// stands for its envelopes and signatures, and each client has opened again what it made.
const crypto = require("crypto");
const random = Buffer.from("yixiang-16-bytes");
crypto.pseudoRandomBytes = () => random; // the first client's source of its 16 bytes
const WechatCrypto = require("wechat-crypto");
const wecom = require("@wecom/crypto");

const TOKEN = "developmenttoken", APPID = "wx-development-official", STAMP = "1795397400", NONCE = "n1";
const KEYS = ["abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQ", "QPONMLKJIHGFEDCBAzyxwvutsrqponmlkjihgfedcbA"];
const UNITS = ["宜", "a", "😀", "]]>", "春", "&<"];
const LENGTHS = 2101, BLOCK = 100, WHOLE = [0, 1, 9, 10, 41, 42, 2048, 2100];

function text(bytes) {
  let made = "", size = 0;
  for (let i = 0; ; i++) {
    const unit = UNITS[i % UNITS.length], length = Buffer.byteLength(unit);
    if (size + length > bytes) return made + "x".repeat(bytes - size);
    made += unit;
    size += length;
  }
}

const clients = {
  "wechat-crypto 0.0.2": (key) => {
    const client = new WechatCrypto(TOKEN, key, APPID);
    return {
      seal: (plain) => client.encrypt(plain),
      open: (sealed) => client.decrypt(sealed).message,
      sign: (sealed) => client.getSignature(STAMP, NONCE, sealed),
    };
  },
  "@wecom/crypto 1.0.1": (key) => ({
    seal: (plain) => wecom.encrypt(key, plain, APPID, random),
    open: (sealed) => wecom.decrypt(key, sealed).message,
    sign: (sealed) => wecom.getSignature(TOKEN, STAMP, NONCE, sealed),
  }),
};

const found = { token: TOKEN, appid: APPID, timestamp: STAMP, nonce: NONCE, random: random.toString(), units: UNITS, block: BLOCK, lengths: LENGTHS, clients: [] };
for (const [name, make] of Object.entries(clients)) {
  for (const key of KEYS) {
    const client = make(key), blocks = [], whole = {};
    for (let start = 0; start < LENGTHS; start += BLOCK) {
      const hash = crypto.createHash("sha256");
      for (let n = start; n < Math.min(start + BLOCK, LENGTHS); n++) {
        const plain = text(n), sealed = client.seal(plain), signature = client.sign(sealed);
        if (client.open(sealed) !== plain) throw new Error(`${name} does not open its own ${n} bytes`);
        hash.update(sealed + signature);
        if (WHOLE.includes(n)) whole[n] = { sealed, signature };
      }
      blocks.push(hash.digest("hex"));
    }
    found.clients.push({ name, key, blocks, whole });
  }
}
console.log(JSON.stringify(found, null, 1));
