// A proof of work: ALTCHA's PBKDF2 challenge, solved by the browser's own cryptography, then sent with the question.
const TRIALS = 256; // on average: the key must begin with one given byte
const bytes = (hex) => Uint8Array.from(hex.match(/../g) ?? [], (pair) => parseInt(pair, 16));
const hex = (buffer) => Array.from(new Uint8Array(buffer), (byte) => byte.toString(16).padStart(2, "0")).join("");

async function solve({ nonce, salt, cost, keyLength, keyPrefix }, told) {
  const start = bytes(nonce);
  const password = new Uint8Array(start.length + 4);
  password.set(start);
  const counted = new DataView(password.buffer, start.length);
  const how = { name: "PBKDF2", hash: "SHA-256", salt: bytes(salt), iterations: cost };
  for (let counter = 0; ; counter++) {
    counted.setUint32(0, counter);
    const key = await crypto.subtle.importKey("raw", password, "PBKDF2", false, ["deriveBits"]);
    const derivedKey = hex(await crypto.subtle.deriveBits(how, key, 8 * keyLength));
    if (derivedKey.startsWith(keyPrefix)) return { counter, derivedKey };
    told(1 - (1 - 1 / TRIALS) ** counter); // how likely it was to be over by now
  }
}

export async function prove(form) {
  const slow = form.querySelector("[data-comparia-slow]");
  const status = form.querySelector("[data-comparia-status]");
  const line = form.querySelector("progress");
  slow.hidden = true;
  try {
    const challenge = JSON.parse(form.dataset.challenge);
    const solution = await solve(challenge.parameters, (share) => { line.value = share; });
    const proof = document.createElement("input");
    Object.assign(proof, { type: "hidden", name: "proof", value: btoa(JSON.stringify({ challenge, solution })) });
    form.append(proof);
  } catch { // no cryptography here, as on a page without HTTPS: the ticket serves instead, once it is good
    slow.hidden = false;
    line.hidden = true;
    status.textContent = form.dataset.waiting;
    await new Promise((done) => { setTimeout(done, 1000 * (Number(form.dataset.seconds) + 1)); });
  }
  if (!form.isConnected) return;
  line.value = 1;
  status.textContent = form.dataset.sent;
  form.submit();
}
