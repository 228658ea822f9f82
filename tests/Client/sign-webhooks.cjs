// node sign-webhooks.cjs <count> <seed>: requests signed by npm's standardwebhooks, a line of JSON each.
const crypto = require('crypto');
const { Webhook } = require('standardwebhooks');

const [count, seed] = process.argv.slice(2).map(Number);
const random = (what, length) => crypto.createHash('shake256', { outputLength: length }).update(`${seed} ${what}`).digest();
for (let i = 0; i < count; i++) {
  const secret = 'whsec_' + random(`key ${i}`, 24 + (i % 41)).toString('base64');
  const body = i % 2 ? JSON.stringify({ words: `Übergröße ✓ ${random(i, 40).toString('base64')}` }) : '';
  const id = 'msg_' + random(`id ${i}`, 12).toString('hex');
  const time = new Date(1795692000000 + i * 1000);
  console.log(JSON.stringify({ secret, id, timestamp: String(time.getTime() / 1000), body, signature: new Webhook(secret).sign(id, time, body) }));
}
