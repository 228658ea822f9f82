// node subscriber.js webhooks: subscribes, and prints every event that is posted here.
// node subscriber.js feed:     prints the events since it last ran.
// CX_URL and CX_KEY (scope: events) say where and who; PORT where to listen, SUBSCRIPTION_FILE which subscription is ours,
// CURSOR_FILE how far was read.
const fs = require('fs');
const http = require('http');
const { HTTP } = require('cloudevents');
const { Webhook } = require('standardwebhooks');

const { CX_URL = 'http://127.0.0.1:5080', CX_KEY, PORT = '9002', SUBSCRIPTION_FILE = 'subscription', CURSOR_FILE = 'cursor' } = process.env;

async function ask(method, path, content) {
  const response = await fetch(CX_URL + path, {
    method,
    headers: { authorization: `Bearer ${CX_KEY}`, 'content-type': 'application/json' },
    body: content && JSON.stringify(content),
  });
  const text = await response.text();
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${text}`);
  return text ? JSON.parse(text) : null;
}

function print(event) {
  switch (event.type) {
    case 'cx.case.opened.v1':
      return console.log(`${event.type} ${event.subject} by ${event.data.channel}`);
    case 'cx.case.promise.made.v1':
      return console.log(`${event.type} ${event.subject} due ${event.data.due}`);
    default: // also types of a later version
      return console.log(`${event.type} ${event.subject ?? ''}`);
  }
}

// All of it or nothing, and for nobody else to read.
function keep(path, text) {
  fs.writeFileSync(path + '.new', text, { mode: 0o600 });
  fs.renameSync(path + '.new', path);
}

async function webhooks() {
  // Made once: who starts again goes on with the same subscription, and what happened meanwhile comes now.
  let mine = fs.existsSync(SUBSCRIPTION_FILE) ? JSON.parse(fs.readFileSync(SUBSCRIPTION_FILE, 'utf8')) : null;
  const server = http.createServer((request, response) => {
    const parts = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', () => {
      const body = Buffer.concat(parts).toString('utf8'); // as it came: it is what is signed
      try {
        new Webhook(mine.secret).verify(body, request.headers);
      } catch (error) {
        return response.writeHead(401).end(error.message);
      }
      print(HTTP.toEvent({ headers: request.headers, body }));
      response.writeHead(204).end(); // within 15 seconds; what takes longer is done afterwards
    });
  });
  await new Promise((resolve) => server.listen(Number(PORT), '127.0.0.1', resolve));

  if (!mine) {
    const made = await ask('POST', '/v1/subscriptions', { url: `http://127.0.0.1:${PORT}/hooks`, types: ['*'] });
    mine = { id: made.subscription.id, secret: made.secret }; // which is told this once
    keep(SUBSCRIPTION_FILE, JSON.stringify(mine));
  }
  // Now that the address listens: it gets a test event, and deliveries begin when that is answered.
  await ask('POST', `/v1/subscriptions/${mine.id}/activate`, {});
  console.log('ready');
}

async function feed() {
  let cursor = fs.existsSync(CURSOR_FILE) ? fs.readFileSync(CURSOR_FILE, 'utf8').trim() : '';
  for (let more = true; more; ) {
    const page = await ask('GET', `/v1/events?after=${cursor}`);
    page.events.forEach(print);
    // When the page is handled: after a crash it comes again, and the ids say what is known.
    keep(CURSOR_FILE, page.next);
    ({ next: cursor, more } = page);
  }
}

(process.argv[2] === 'feed' ? feed() : webhooks()).catch((error) => {
  console.error(error.message);
  process.exit(1);
});
