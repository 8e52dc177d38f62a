// Prints how many microseconds of CPU time one crypto.privateDecrypt takes, with the key of its argument.
'use strict';
const crypto = require('node:crypto');
const fs = require('node:fs');

const key = crypto.createPrivateKey(fs.readFileSync(process.argv[2]));
const oaep = { padding: crypto.constants.RSA_PKCS1_OAEP_PADDING, oaepHash: 'sha256' };
const sealed = crypto.publicEncrypt({ key: crypto.createPublicKey(key), ...oaep }, Buffer.alloc(16));
const decrypt = (times) => { for (let i = 0; i < times; i++) crypto.privateDecrypt({ key, ...oaep }, sealed); };

const times = 1000;
decrypt(200); // warm
const before = process.cpuUsage();
decrypt(times);
const { user, system } = process.cpuUsage(before);
console.log((user + system) / times);
