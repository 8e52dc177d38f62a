// A WhatsApp Flow behind flowserver, with nothing but Node's standard library.
const { createHmac, timingSafeEqual } = require('node:crypto');
const { createServer } = require('node:http');

const secret = process.env.FLOWSERVER_UPSTREAM_SECRET || ''; // whsec_ and base64, or any other text, used as is
const key = secret.startsWith('whsec_') ? Buffer.from(secret.slice(6), 'base64') : Buffer.from(secret);
if (key.length === 0) throw new Error('FLOWSERVER_UPSTREAM_SECRET is not set');
const days = [{ id: 'mon', title: 'Monday' }, { id: 'sun', title: 'Sunday' }];

// Standard Webhooks: one of the signatures fits, and the message is at most five minutes old.
function genuine({ 'webhook-id': id = '', 'webhook-timestamp': time = '', 'webhook-signature': signatures = '' }, body) {
  if (!/^\d{1,12}$/.test(time) || Math.abs(Date.now() / 1000 - time) > 300) return false;
  const want = Buffer.from('v1,' + createHmac('sha256', key).update(`${id}.${time}.`).update(body).digest('base64'));
  return signatures.split(' ').some((s) => s.length === want.length && timingSafeEqual(Buffer.from(s, 'latin1'), want));
}

function answer({ action, screen, data, flow_token }) {
  if (action === 'error') return [200, {}]; // the phone could not use one of our answers: look into it
  if (flow_token === 'used') return [427, { error_msg: 'You have booked already. Write to us to change it.' }];
  if (action !== 'data_exchange') return [200, { screen: 'DAY', data: { days } }]; // INIT, or BACK from CONFIRM
  const day = days.find(({ id }) => id === data.day);
  if (screen === 'DAY' && day?.id === 'sun') return [200, { screen, data: { days, error_message: 'We are closed on Sundays.' } }];
  if (screen === 'DAY' && day) return [200, { screen: 'CONFIRM', data: { day: day.id, title: day.title } }];
  if (screen === 'CONFIRM' && day) return [200, { screen: 'SUCCESS', data: { extension_message_response: { params: { day: day.id } } } }];
  return [404, {}];
}

const server = createServer(async (req, res) => {
  try {
    const body = Buffer.concat(await req.toArray());
    const [status, content] = req.method !== 'POST' ? [501, {}] : genuine(req.headers, body) ? answer(JSON.parse(body)) : [401, {}];
    res.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(content));
  } catch { res.destroy(); } // the caller hung up, or the signed body is not a message
});
server.listen(process.env.PORT || 3000, '127.0.0.1', () => console.log(`listening on http://127.0.0.1:${server.address().port}/flow`));
