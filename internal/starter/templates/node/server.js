// A WhatsApp Flow behind flowserver, with nothing but Node's standard library.
const { createHmac, timingSafeEqual } = require('node:crypto');
const { createServer } = require('node:http');

// What your shop knows. Ask your database instead.
const orders = { 'A-1001': 'It is on its way.', 'A-1002': 'It was delivered this morning.' };

// answer decides which screen comes next, and what it shows.
function answer({ action, screen, data }) {
  if (action === 'error') return {}; // the phone could not show an answer of ours: look into the log
  if (screen === 'ORDER' && action === 'data_exchange') {
    const status = Object.hasOwn(orders, data.number) && orders[data.number];
    if (status) return { screen: 'STATUS', data: { number: data.number, status } };
    return { screen: 'ORDER', data: { error_messages: { number: 'We have no such order.' } } };
  }
  return { screen: 'ORDER', data: { error_messages: {} } }; // the Flow opens, or the user comes back
}

// genuine reports whether flowserver sent the request (Standard Webhooks).
const secret = process.env.FLOWSERVER_UPSTREAM_SECRET || '';
const key = secret.startsWith('whsec_') ? Buffer.from(secret.slice(6), 'base64') : Buffer.from(secret);
if (key.length === 0) throw new Error('FLOWSERVER_UPSTREAM_SECRET is not set');
function genuine({ 'webhook-id': id = '', 'webhook-timestamp': time = '', 'webhook-signature': signatures = '' }, body) {
  if (!/^\d{1,12}$/.test(time) || Math.abs(Date.now() / 1000 - time) > 300) return false;
  const want = Buffer.from('v1,' + createHmac('sha256', key).update(`${id}.${time}.`).update(body).digest('base64'));
  return signatures.split(' ').some((s) => s.length === want.length && timingSafeEqual(Buffer.from(s, 'latin1'), want));
}

const server = createServer(async (req, res) => {
  try {
    const body = Buffer.concat(await req.toArray());
    if (req.method !== 'POST' || !genuine(req.headers, body)) return res.writeHead(401).end();
    res.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(answer(JSON.parse(body))));
  } catch { res.destroy(); } // the caller hung up
});
server.listen(process.env.PORT || 3000, '127.0.0.1', () => console.log(`listening on http://127.0.0.1:${server.address().port}/flow`));
