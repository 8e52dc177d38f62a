// A Flow endpoint on node:http alone, as fast as we know how to write it in few lines: the key is parsed once.
'use strict';
const crypto = require('node:crypto');
const fs = require('node:fs');
const http = require('node:http');
const answer = require('../flow.js');

const key = crypto.createPrivateKey(fs.readFileSync(process.env.PRIVATE_KEY_FILE));
const secret = process.env.APP_SECRET;
const oaep = { key, padding: crypto.constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' };
const tagSize = 16;

function genuine(header, body) {
  const want = Buffer.from('sha256=' + crypto.createHmac('sha256', secret).update(body).digest('hex'));
  const got = Buffer.from(header || '');
  return got.length === want.length && crypto.timingSafeEqual(got, want);
}

function open({ encrypted_flow_data, encrypted_aes_key, initial_vector }) {
  const aesKey = crypto.privateDecrypt(oaep, Buffer.from(encrypted_aes_key, 'base64'));
  const iv = Buffer.from(initial_vector, 'base64');
  const sealed = Buffer.from(encrypted_flow_data, 'base64');
  const decipher = crypto.createDecipheriv('aes-128-gcm', aesKey, iv).setAuthTag(sealed.subarray(-tagSize));
  const text = decipher.update(sealed.subarray(0, -tagSize), undefined, 'utf8') + decipher.final('utf8');
  return { message: JSON.parse(text), aesKey, iv };
}

function seal(reply, aesKey, iv) {
  const cipher = crypto.createCipheriv('aes-128-gcm', aesKey, iv.map((b) => ~b));
  return Buffer.concat([cipher.update(JSON.stringify(reply), 'utf8'), cipher.final(), cipher.getAuthTag()]).toString('base64');
}

function exchange(req, body) {
  if (req.method !== 'POST') return [405];
  if (!genuine(req.headers['x-hub-signature-256'], body)) return [432];
  let opened;
  try { opened = open(JSON.parse(body)); } catch { return [421]; }
  try { return [200, seal(answer(opened.message), opened.aesKey, opened.iv)]; } catch { return [500]; }
}

const server = http.createServer((req, res) => {
  const chunks = [];
  req.on('data', (chunk) => chunks.push(chunk));
  req.on('end', () => {
    const [status, text = ''] = exchange(req, chunks.length === 1 ? chunks[0] : Buffer.concat(chunks));
    res.writeHead(status, { 'Content-Type': 'text/plain', 'Content-Length': text.length }).end(text);
  });
});
server.keepAliveTimeout = 120_000; // as flowserver's: 5 s would close the idle connections that are to be measured
server.listen(process.env.PORT, '127.0.0.1');
