// A real SMTP server on a free loopback port. Prints its port, then one JSON line for each message it takes.
// Usage: node node-smtp-server.cjs <folder with node_modules> <starttls|login|xoauth2|tls|plain> [introspection] [certificate] [key]; login and xoauth2 are
// STARTTLS with that one mechanism. Introspection says whether a token counts (RFC 7662); without it the token is "good". A line "drop" breaks all connections.
// What becomes of a message hangs on its first recipient's name.
const path = require('path');
const { SMTPServer } = require(path.join(process.argv[2], 'node_modules', 'smtp-server'));
const { readFileSync } = require('fs');
const [mode, introspection, certificate, key] = process.argv.slice(3);

const counts = async token => introspection
  ? (await (await fetch(introspection, { method: 'POST', body: new URLSearchParams({ token }) })).json()).active
  : token === 'good';

const server = new SMTPServer({
  secure: mode === 'tls',
  ...(certificate ? { cert: readFileSync(certificate), key: readFileSync(key) } : {}),
  authOptional: mode === 'plain',
  disabledCommands: mode === 'plain' ? ['STARTTLS', 'AUTH'] : [],
  authMethods: { login: ['LOGIN'], xoauth2: ['XOAUTH2'] }[mode] || ['PLAIN', 'LOGIN'],
  size: 100000,
  disableReverseLookup: true,
  async onAuth(auth, session, callback) {
    if (auth.username === 'user' && (auth.accessToken ? await counts(auth.accessToken) : auth.password === 'pässword')) callback(null, { user: 'user' });
    else if (auth.method === 'XOAUTH2') callback(null, { data: { status: '401', schemes: 'bearer' } });
    else callback(new Error('Invalid username or password'));
  },
  onRcptTo(address, session, callback) {
    const refusal = { unknown: [550, 'No such user'], busy: [450, 'Mailbox busy'] }[address.address.split('@')[0]];
    if (!refusal) return callback();
    callback(Object.assign(new Error(refusal[1]), { responseCode: refusal[0] }));
  },
  onData(stream, session, callback) {
    const name = session.envelope.rcptTo[0].address.split('@')[0];
    const cut = () => [...server.connections].find(connection => connection.session === session)._socket.destroy();
    const chunks = [];
    stream.on('data', chunk => {
      chunks.push(chunk);
      if (name === 'cut-in-the-middle') cut();
    });
    stream.on('end', () => {
      if (stream.sizeExceeded) return callback(Object.assign(new Error('Too large'), { responseCode: 552 }));
      if (name === 'cut-after-the-end') return cut();
      if (name === 'silent') return;
      const refusal = { spam: [554, 'We think this is spam'], later: [451, 'Not now'] }[name];
      if (refusal) return callback(Object.assign(new Error(refusal[1]), { responseCode: refusal[0] }));
      if (name !== 'sink') console.log(JSON.stringify({
        from: session.envelope.mailFrom.address || '',
        to: session.envelope.rcptTo.map(r => r.address),
        secure: session.secure,
        user: session.user || null,
        data: Buffer.concat(chunks).toString('base64'),
      }));
      callback(null, 'queued');
    });
  },
});
server.on('error', () => {});
server.listen(0, '127.0.0.1', () => console.log(server.server.address().port));
process.stdin.on('end', () => process.exit(0)).on('data', line => {
  if (line.toString().trim() !== 'drop') return;
  for (const connection of server.connections) connection._socket.destroy();
  console.log('dropped');
});
