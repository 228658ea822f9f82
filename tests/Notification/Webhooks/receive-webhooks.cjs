// An integrator's endpoint made of npm's standardwebhooks and cloudevents: what they do not accept is answered 400.
// Usage: node receive-webhooks.cjs <secret> [milliseconds to take for each]. Prints its port, then a line of JSON for each event.
const http = require('http');
const { Webhook } = require('standardwebhooks');
const { HTTP } = require('cloudevents');

const webhook = new Webhook(process.argv[2]);
const server = http.createServer((request, response) => {
  const parts = [];
  request.on('data', part => parts.push(part));
  request.on('end', () => {
    const body = Buffer.concat(parts).toString('utf8');
    try {
      webhook.verify(body, request.headers);
      const event = HTTP.toEvent({ headers: request.headers, body });
      event.validate();
      console.log(JSON.stringify({ webhookId: request.headers['webhook-id'], id: event.id, type: event.type, source: event.source, subject: event.subject, sequence: event.sequence, traceparent: event.traceparent, data: event.data }));
      setTimeout(() => response.writeHead(204).end(), Number(process.argv[3] || 0));
    } catch (e) {
      console.log(JSON.stringify({ refused: e.message }));
      response.writeHead(400).end(e.message);
    }
  });
});
server.listen(0, '127.0.0.1', () => console.log(server.address().port));
