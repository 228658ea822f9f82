// node subscriber.js webhooks: subscribes, and prints every event that is posted here.
// node subscriber.js feed:     prints the events since it last ran.
// CX_URL and CX_KEY (scope: events) say where and who; PORT where to listen, CURSOR_FILE how far was read.
const fs = require('fs');
const http = require('http');
const { HTTP } = require('cloudevents');
const { Webhook } = require('standardwebhooks');

const { CX_URL = 'http://127.0.0.1:5080', CX_KEY, PORT = '9002', CURSOR_FILE = 'cursor' } = process.env;

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

async function webhooks() {
  let webhook;
  const server = http.createServer((request, response) => {
    const parts = [];
    request.on('data', (part) => parts.push(part));
    request.on('end', () => {
      const body = Buffer.concat(parts).toString('utf8'); // as it came: it is what is signed
      try {
        webhook.verify(body, request.headers);
      } catch (error) {
        return response.writeHead(401).end(error.message);
      }
      print(HTTP.toEvent({ headers: request.headers, body }));
      response.writeHead(204).end(); // within 15 seconds; what takes longer is done afterwards
    });
  });
  await new Promise((resolve) => server.listen(Number(PORT), '127.0.0.1', resolve));

  // Once: keep the id and the secret. The address must be listening when the subscription is activated, for it gets a test event.
  const made = await ask('POST', '/v1/subscriptions', { url: `http://127.0.0.1:${PORT}/hooks`, types: ['*'] });
  webhook = new Webhook(made.secret);
  await ask('POST', `/v1/subscriptions/${made.subscription.id}/activate`, {});
  console.log('ready');
}

async function feed() {
  let cursor = fs.existsSync(CURSOR_FILE) ? fs.readFileSync(CURSOR_FILE, 'utf8').trim() : '';
  for (let more = true; more; ) {
    const page = await ask('GET', `/v1/events?after=${cursor}`);
    page.events.forEach(print);
    // When the page is handled: after a crash it comes again, and the ids say what is known.
    fs.writeFileSync(CURSOR_FILE + '.new', page.next);
    fs.renameSync(CURSOR_FILE + '.new', CURSOR_FILE);
    ({ next: cursor, more } = page);
  }
}

(process.argv[2] === 'feed' ? feed() : webhooks()).catch((error) => {
  console.error(error.message);
  process.exit(1);
});
