// A Flow endpoint in the pattern of Meta's sample (WhatsApp-Flows-Tools, examples/endpoint, May 2026), in our own words:
// express.json keeps the raw body for the signature, and each request parses the PEM anew. In its favour, nothing is
// logged, and the key has no passphrase.
'use strict';
const crypto = require('crypto');
const fs = require('fs');
const express = require('express');
const answer = require('../flow.js');

const { APP_SECRET, PORT, PRIVATE_KEY_FILE } = process.env;
const pem = fs.readFileSync(PRIVATE_KEY_FILE, 'utf8');
const app = express();

app.use(express.json({ verify: (req, res, body, encoding) => { req.rawBody = body.toString(encoding || 'utf8'); } }));

function isSignatureValid(req) {
  const got = Buffer.from(req.get('x-hub-signature-256') || '', 'utf8');
  const want = Buffer.from('sha256=' + crypto.createHmac('sha256', APP_SECRET).update(req.rawBody, 'utf8').digest('hex'), 'utf8');
  return got.length === want.length && crypto.timingSafeEqual(got, want);
}

function decrypt(body) {
  const key = crypto.createPrivateKey({ key: pem });
  const aesKey = crypto.privateDecrypt(
    { key, padding: crypto.constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' },
    Buffer.from(body.encrypted_aes_key, 'base64'),
  );
  const sealed = Buffer.from(body.encrypted_flow_data, 'base64');
  const iv = Buffer.from(body.initial_vector, 'base64');
  const decipher = crypto.createDecipheriv('aes-128-gcm', aesKey, iv);
  decipher.setAuthTag(sealed.subarray(-16));
  const text = Buffer.concat([decipher.update(sealed.subarray(0, -16)), decipher.final()]).toString('utf-8');
  return { message: JSON.parse(text), aesKey, iv };
}

function encrypt(reply, aesKey, iv) {
  const flipped = [];
  for (const pair of iv.entries()) flipped.push(~pair[1]);
  const cipher = crypto.createCipheriv('aes-128-gcm', aesKey, Buffer.from(flipped));
  return Buffer.concat([cipher.update(JSON.stringify(reply), 'utf-8'), cipher.final(), cipher.getAuthTag()]).toString('base64');
}

app.post('/', async (req, res) => {
  if (!isSignatureValid(req)) return res.status(432).send();
  let opened;
  try { opened = decrypt(req.body); } catch { return res.status(421).send(); }
  try {
    res.send(encrypt(answer(opened.message), opened.aesKey, opened.iv));
  } catch { res.status(500).send(); }
});

const server = app.listen(PORT, '127.0.0.1');
server.keepAliveTimeout = 120_000; // as flowserver's: 5 s would close the idle connections that are to be measured
