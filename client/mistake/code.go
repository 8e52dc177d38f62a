package mistake

// five returns the same piece of a program in each language.
func five(node, python, php, java, golang string) []Code {
	return []Code{{"Node", node}, {"Python", python}, {"PHP", php}, {"Java", java}, {"Go", golang}}
}

// codeSeal seals and sends an answer.
func codeSeal() []Code {
	return five(
		`const flipped = Buffer.from(iv.map((b) => ~b));
const cipher = crypto.createCipheriv("aes-128-gcm", aesKey, flipped);
const sealed = [cipher.update(JSON.stringify(answer), "utf8"), cipher.final(), cipher.getAuthTag()];
res.type("text/plain").send(Buffer.concat(sealed).toString("base64"));`,
		`flipped = bytes(b ^ 0xFF for b in iv)
sealed = AESGCM(aes_key).encrypt(flipped, json.dumps(answer).encode(), None)  # ends with the tag
return Response(base64.b64encode(sealed), mimetype="text/plain")`,
		`$sealed = openssl_encrypt(json_encode($answer), 'aes-128-gcm', $aesKey, OPENSSL_RAW_DATA, ~$iv, $tag);
header('Content-Type: text/plain');
echo base64_encode($sealed . $tag);`,
		`byte[] flipped = iv.clone();
for (int i = 0; i < flipped.length; i++) flipped[i] ^= (byte) 0xFF;
Cipher gcm = Cipher.getInstance("AES/GCM/NoPadding");
gcm.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(aesKey, "AES"), new GCMParameterSpec(128, flipped));
return Base64.getEncoder().encodeToString(gcm.doFinal(answer.getBytes(StandardCharsets.UTF_8)));`,
		`for i := range iv {
	iv[i] ^= 0xFF
}
gcm, _ := cipher.NewGCMWithNonceSize(block, len(iv)) // block, _ := aes.NewCipher(aesKey)
io.WriteString(w, base64.StdEncoding.EncodeToString(gcm.Seal(nil, iv, answer, nil)))`,
	)
}

// codeUnwrap decrypts the AES key of a request.
func codeUnwrap() []Code {
	return five(
		`const aesKey = crypto.privateDecrypt(
  { key: privateKey, padding: crypto.constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha256" },
  Buffer.from(body.encrypted_aes_key, "base64"));`,
		`oaep = padding.OAEP(mgf=padding.MGF1(hashes.SHA256()), algorithm=hashes.SHA256(), label=None)
aes_key = private_key.decrypt(base64.b64decode(body["encrypted_aes_key"]), oaep)`,
		`// phpseclib 3: PHP's openssl_private_decrypt knows OAEP with SHA-1 only (before PHP 8.5)
$rsa = RSA::load($privatePem)->withPadding(RSA::ENCRYPTION_OAEP)->withHash('sha256')->withMGFHash('sha256');
$aesKey = $rsa->decrypt(base64_decode($body['encrypted_aes_key']));`,
		`Cipher rsa = Cipher.getInstance("RSA/ECB/OAEPWithSHA-256AndMGF1Padding");
rsa.init(Cipher.DECRYPT_MODE, privateKey,
    new OAEPParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, PSource.PSpecified.DEFAULT));
byte[] aesKey = rsa.doFinal(Base64.getDecoder().decode(body.encryptedAesKey()));`,
		`aesKey, err := rsa.DecryptOAEP(sha256.New(), nil, privateKey, encryptedAESKey, nil)`,
	)
}

// codeOpen decrypts the data of a request.
func codeOpen() []Code {
	return five(
		`const decipher = crypto.createDecipheriv("aes-128-gcm", aesKey, iv); // all 16 bytes
decipher.setAuthTag(data.subarray(-16));
const text = Buffer.concat([decipher.update(data.subarray(0, -16)), decipher.final()]).toString("utf8");`,
		`text = AESGCM(aes_key).decrypt(iv, data, None)  # data ends with the tag; all 16 bytes of iv`,
		`$text = openssl_decrypt(substr($data, 0, -16), 'aes-128-gcm', $aesKey, OPENSSL_RAW_DATA, $iv, substr($data, -16));
// false: answer 421`,
		`Cipher gcm = Cipher.getInstance("AES/GCM/NoPadding");
gcm.init(Cipher.DECRYPT_MODE, new SecretKeySpec(aesKey, "AES"), new GCMParameterSpec(128, iv)); // all 16 bytes
byte[] text = gcm.doFinal(data); // data ends with the tag`,
		`gcm, _ := cipher.NewGCMWithNonceSize(block, 16) // block, _ := aes.NewCipher(aesKey)
text, err := gcm.Open(nil, iv, data, nil) // data ends with the tag`,
	)
}

// codeVerify verifies the signature of a request.
func codeVerify() []Code {
	return five(
		`// app.use(express.json({ verify: (req, res, raw) => { req.raw = raw; } }));
const want = "sha256=" + crypto.createHmac("sha256", appSecret).update(req.raw).digest("hex");
const got = req.get("X-Hub-Signature-256") ?? "";
if (got.length !== want.length || !crypto.timingSafeEqual(Buffer.from(got), Buffer.from(want))) {
  return res.status(432).end();
}`,
		`want = "sha256=" + hmac.new(app_secret.encode(), request.get_data(), hashlib.sha256).hexdigest()
if not hmac.compare_digest(want, request.headers.get("X-Hub-Signature-256", "")):
    return "", 432`,
		`$want = 'sha256=' . hash_hmac('sha256', file_get_contents('php://input'), $appSecret);
if (!hash_equals($want, $_SERVER['HTTP_X_HUB_SIGNATURE_256'] ?? '')) {
    http_response_code(432);
    exit;
}`,
		`Mac mac = Mac.getInstance("HmacSHA256"); // rawBody: @RequestBody byte[]
mac.init(new SecretKeySpec(appSecret.getBytes(StandardCharsets.UTF_8), "HmacSHA256"));
String want = "sha256=" + HexFormat.of().formatHex(mac.doFinal(rawBody));
if (signature == null || !MessageDigest.isEqual(want.getBytes(), signature.getBytes())) return ResponseEntity.status(432).build();`,
		`mac := hmac.New(sha256.New, appSecret)
mac.Write(rawBody)
want := "sha256=" + hex.EncodeToString(mac.Sum(nil))
if !hmac.Equal([]byte(want), []byte(r.Header.Get("X-Hub-Signature-256"))) {
	w.WriteHeader(432)
	return
}`,
	)
}

// codePing answers a health check. In its code, seal is the function of the endpoint that seals an answer.
func codePing() []Code {
	return five(
		`if (message.action === "ping") return seal({ data: { status: "active" } });`,
		`if message["action"] == "ping":
    return seal({"data": {"status": "active"}})`,
		`if ($message['action'] === 'ping') {
    return seal(['data' => ['status' => 'active']]);
}`,
		`if (message.action().equals("ping")) return seal("{\"data\":{\"status\":\"active\"}}");`,
		`if message.Action == "ping" {
	return seal(`+"`"+`{"data":{"status":"active"}}`+"`"+`)
}`,
	)
}

// codeNotice acknowledges an error notification.
func codeNotice() []Code {
	return five(
		`const { error, error_key, error_message } = message.data ?? {};
if ((error ?? error_key) !== undefined && typeof error_message === "string") {
  console.warn("Flow error", error ?? error_key, error_message);
  return seal({ data: { acknowledged: true } });
}`,
		`data = message.get("data") or {}
if ("error" in data or "error_key" in data) and isinstance(data.get("error_message"), str):
    logging.warning("Flow error %s: %s", data.get("error", data.get("error_key")), data["error_message"])
    return seal({"data": {"acknowledged": True}})`,
		`$data = $message['data'] ?? [];
if ((isset($data['error']) || isset($data['error_key'])) && is_string($data['error_message'] ?? null)) {
    error_log('Flow error ' . ($data['error'] ?? $data['error_key']) . ': ' . $data['error_message']);
    return seal(['data' => ['acknowledged' => true]]);
}`,
		`JsonNode data = message.path("data");
if ((data.has("error") || data.has("error_key")) && data.path("error_message").isTextual()) {
    log.warn("Flow error {}", data);
    return seal("{\"data\":{\"acknowledged\":true}}");
}`,
		`_, isNew := data["error"]
_, isOld := data["error_key"]
if text, ok := data["error_message"].(string); ok && (isNew || isOld) {
	log.Printf("Flow error: %s", text)
	return seal(`+"`"+`{"data":{"acknowledged":true}}`+"`"+`)
}`,
	)
}

// codeUndecryptable answers 421 if a request does not open.
func codeUndecryptable() []Code {
	return five(
		`try { message = open(req.body); } catch { return res.status(421).end(); }`,
		`try:
    message = open_request(body)
except Exception:
    return "", 421`,
		`try { $message = open_request($body); } catch (Throwable $e) { http_response_code(421); exit; }`,
		`try { message = open(body); } catch (GeneralSecurityException e) { return ResponseEntity.status(421).build(); }`,
		`message, err := open(body)
if err != nil {
	w.WriteHeader(421)
	return
}`,
	)
}
