// Looks for the number whose SHA-256 with the salt is the challenge (altcha's first format).
const text = new TextEncoder();
const hex = (bytes) => [...new Uint8Array(bytes)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
const BATCH = 200;

self.onmessage = async ({ data: { algorithm, challenge, salt, maxNumber } }) => {
  for (let start = 0; start <= maxNumber; start += BATCH) {
    const numbers = Array.from({ length: Math.min(BATCH, maxNumber - start + 1) }, (_, n) => start + n);
    const sums = await Promise.all(numbers.map((n) => crypto.subtle.digest(algorithm, text.encode(salt + n))));
    const found = sums.findIndex((sum) => hex(sum) === challenge);
    if (found >= 0) { self.postMessage(start + found); return; }
  }
  self.postMessage(null);
};
