// node read-events.cjs <amqp uri> <binding> <count>: binds a queue of its own to cx.events and prints each event's
// body as it came, once cloudevents has read it.
const amqp = require('amqplib');
const { HTTP } = require('cloudevents');

(async () => {
  const [uri, binding, count] = process.argv.slice(2);
  const connection = await amqp.connect(uri);
  const channel = await connection.createChannel();
  const { queue } = await channel.assertQueue('', { exclusive: true });
  await channel.bindQueue(queue, 'cx.events', binding);
  let left = Number(count);
  await channel.consume(queue, (message) => {
    // Structured mode: the same document over AMQP and HTTP.
    const event = HTTP.toEvent({ headers: { 'content-type': message.properties.contentType }, body: message.content.toString('utf8') });
    event.validate();
    console.log(message.content.toString('utf8'));
    channel.ack(message);
    if (--left === 0) connection.close().then(() => process.exit(0));
  });
  console.log('ready');
})().catch((error) => { console.error(error); process.exit(1); });
