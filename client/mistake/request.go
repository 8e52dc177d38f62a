package mistake

// Mistakes in how a request is opened, from the same page of Meta as those of the seal.
const (
	UnwrapSHA1  ID = "unwrap-oaep-sha1"
	UnwrapMGF1  ID = "unwrap-mgf1-sha1"
	UnwrapPKCS1 ID = "unwrap-pkcs1"
	UnwrapOther ID = "unwrap-oaep-other-hash"
	UnwrapRaw   ID = "unwrap-raw"
	OpenIVShort ID = "open-iv-12-bytes"
	OpenIVZero  ID = "open-iv-zero"
	OpenIVSent  ID = "open-iv-from-data"
	OpenTagCut  ID = "open-tag-short"
	OpenIVFlip  ID = "open-iv-inverted"
	OpenIVBack  ID = "open-iv-reversed"
	OpenTwice   ID = "open-base64-twice"
	OpenTag     ID = "open-tag-as-text"
	OpenTagIn   ID = "open-tag-first"
	OpenCBC     ID = "open-cbc"
	OpenCTR     ID = "open-ctr"
	OpenIVText  ID = "open-iv-text"
	OpenKeyText ID = "open-key-text"
	OtherKey    ID = "private-key-other"
)

func ofOpening() []Mistake {
	const (
		unwrap = "decrypt encrypted_aes_key by RSA-OAEP with SHA-256 for the hash and for MGF1, without a label"
		open   = "decrypt encrypted_flow_data with AES-128-GCM and all 16 bytes of the IV, unchanged; the last 16 bytes are the tag"
	)
	key, data := codeUnwrap(), codeOpen()
	return []Mistake{
		{UnwrapSHA1, "the AES key is decrypted by RSA-OAEP with SHA-1, not SHA-256", unwrap, key},
		{UnwrapMGF1, "the AES key is decrypted by RSA-OAEP with SHA-1 for MGF1, not SHA-256", unwrap, key},
		{UnwrapPKCS1, "the AES key is decrypted by RSA PKCS #1 v1.5, not OAEP", unwrap, key},
		{UnwrapOther, "the AES key is decrypted by RSA-OAEP with SHA-384 or SHA-512, not SHA-256", unwrap, key},
		{UnwrapRaw, "the AES key is decrypted by RSA without padding, not by OAEP", unwrap, key},
		{OpenIVShort, "the request is decrypted with 12 bytes of the IV, not with all 16", open, data},
		{OpenIVZero, "the request is decrypted with an IV of zeros, not with initial_vector", open, data},
		{OpenIVSent, "the request is decrypted with the first bytes of encrypted_flow_data as the IV, not with initial_vector", open, data},
		{OpenTagCut, "the GCM tag is expected to have 12 bytes; it is the last 16 bytes", open, data},
		{OpenIVFlip, "the request is decrypted with the inverted IV: only the answer is sealed with that", open, data},
		{OpenIVBack, "the request is decrypted with the IV in reverse order", open, data},
		{
			OpenTwice, "the ciphertext is decoded from base64 twice",
			open + "; decode it from base64 once (in PHP, openssl_decrypt needs OPENSSL_RAW_DATA)", data,
		},
		{OpenTag, "the last 16 bytes of encrypted_flow_data, the GCM tag, are decrypted like the rest", open, data},
		{OpenTagIn, "the GCM tag is expected before the ciphertext; it is the last 16 bytes", open, data},
		{OpenCBC, "the request is decrypted with AES-CBC, not AES-GCM", open, data},
		{OpenCTR, "the request is decrypted with AES-CTR, not AES-GCM", open, data},
		{OpenIVText, "the request is decrypted with the base64 or hexadecimal text of the IV, not with its 16 bytes", open, data},
		{OpenKeyText, "the request is decrypted with the hexadecimal or base64 text of the AES key, not with its 16 bytes", open, data},
		{
			OtherKey, "the endpoint cannot decrypt: its private key does not belong to this public key, or it decrypts wrongly in a way that is not known",
			"compare the fingerprints of both keys (flowserver keys show); if they agree, " + unwrap + ", and " + open, key,
		},
	}
}

// Mistakes in how the signature of a request is verified. Meta signs the raw body by
// HMAC-SHA256 with the app secret (the same page).
const (
	SignedReserialised ID = "signature-reserialised"
	SignedClearText    ID = "signature-clear-text"
	SignedSHA1         ID = "signature-sha1"
	SignedNoPrefix     ID = "signature-no-prefix"
	SignedBase64       ID = "signature-base64"
	SignedUpperCase    ID = "signature-upper-case"
	SignedSHA512       ID = "signature-sha512"
	SignedOtherHeader  ID = "signature-other-header"
	SignedSwapped      ID = "signature-swapped"
	SignedPart         ID = "signature-part"
	SignedInverted     ID = "signature-inverted"
	SignedNoBody       ID = "signature-no-body"
	SignedPlainHash    ID = "signature-plain-hash"
	SignedHashed       ID = "signature-of-hash"
	SignedMore         ID = "signature-more"
	SecretEmpty        ID = "app-secret-empty"
	SecretUndefined    ID = "app-secret-undefined" //nolint:gosec // the name of a mistake
	SecretLineEnd      ID = "app-secret-line-end"
	SecretQuoted       ID = "app-secret-quoted"
	SecretDecoded      ID = "app-secret-decoded"        //nolint:gosec // the name of a mistake
	SecretBase64       ID = "app-secret-decoded-base64" //nolint:gosec // the name of a mistake
	SecretUpperCase    ID = "app-secret-upper-case"
	OtherSecret        ID = "app-secret-other"
)

func ofSignature() []Mistake {
	const (
		raw    = "compute HMAC-SHA256 over the raw bytes of the body, as received, before any JSON parser"
		header = `compare "sha256=" and the lower-case hexadecimal digest with the header X-Hub-Signature-256`
		value  = "give the endpoint the app secret as Meta shows it: 32 hexadecimal digits, as text, with nothing around them"
	)
	code := codeVerify()
	return []Mistake{
		{SignedReserialised, "the signature is verified over re-serialised JSON, not over the raw body", raw, code},
		{SignedClearText, "the signature is verified over the decrypted text, not over the raw body", raw, code},
		{SignedSHA1, "the signature is verified as HMAC-SHA1, not HMAC-SHA256", raw + "; the header is X-Hub-Signature-256", code},
		{SignedSHA512, "the signature is verified as HMAC-SHA512 or HMAC-SHA384, not HMAC-SHA256", raw, code},
		{SignedOtherHeader, "the signature is read from another header than X-Hub-Signature-256", header, code},
		{SignedSwapped, "the signature is computed with the body as the key and the app secret as the message", raw + "; the app secret is the key", code},
		{SignedPart, "the signature is verified over encrypted_flow_data alone, not over the raw body", raw, code},
		{
			SignedNoBody, "the signature is computed over no body: an empty text, undefined, or [object Object]",
			raw + "; where a framework parses the body first, keep its raw bytes", code,
		},
		{SignedPlainHash, "the signature is a plain SHA-256, not an HMAC with the app secret as the key", raw, code},
		{SignedHashed, "the signature is computed over the SHA-256 of the body, not over the body", raw, code},
		{SignedMore, "the signature is computed over the URL or the method, too, not over the raw body alone", raw, code},
		{
			SignedInverted, "the check of the signature is the wrong way round: a wrong signature is accepted, and the right one is refused",
			"refuse a request if the signatures differ, and go on if they are equal", code,
		},
		{SignedNoPrefix, `the signature is compared without its prefix "sha256="`, header, code},
		{SignedBase64, "the signature is compared with a base64 digest, not a hexadecimal one", header, code},
		{SignedUpperCase, "the signature is compared with a digest in upper case", header, code},
		{SecretEmpty, "the app secret of the endpoint is empty", value, nil},
		{SecretUndefined, `the app secret of the endpoint is the text "undefined", "null" or "None": its variable is not set`, value, nil},
		{SecretLineEnd, "the app secret of the endpoint ends with a line end or a blank", value, nil},
		{SecretQuoted, "the app secret of the endpoint has quotes around it", value, nil},
		{SecretDecoded, "the app secret of the endpoint is decoded from hexadecimal; the text itself is the key", value, nil},
		{SecretBase64, "the app secret of the endpoint is decoded from base64; the text itself is the key", value, nil},
		{SecretUpperCase, "the app secret of the endpoint is written in upper case", value, nil},
		{
			OtherSecret, "the signature is refused: the endpoint has a different app secret, or verifies signatures wrongly in an unknown way",
			"compare the app secrets of the endpoint and of this command; if they agree, " + raw + ", and " + header, code,
		},
	}
}

// Mistakes in what is answered.
const (
	PingUnanswered    ID = "ping-unanswered"
	PingOther         ID = "ping-other-answer"
	NoticesUnanswered ID = "notices-unanswered"
	SignatureIgnored  ID = "signature-ignored"
	SignatureStatus   ID = "signature-status"
	UndecryptedStatus ID = "undecryptable-status"
	TagIgnored        ID = "tag-ignored"
	VersionRefused    ID = "version-refused"
	MalformedAccepted ID = "malformed-accepted"
)

func ofAnswers() []Mistake {
	return []Mistake{
		{
			PingUnanswered, "health checks (action ping) are not answered, other requests are",
			`answer action "ping" with {"data":{"status":"active"}}, sealed, before any look at token, database or rate limit`, codePing(),
		},
		{
			PingOther, `health checks (action ping) are answered with something other than {"data":{"status":"active"}}`,
			`answer action "ping" with {"data":{"status":"active"}}, sealed`, codePing(),
		},
		{
			NoticesUnanswered, "error notifications are not acknowledged",
			`before routing on the action: if data has the key "error" (or "error_key") and a string "error_message", log both and ` +
				`answer {"data":{"acknowledged":true}}, sealed`, codeNotice(),
		},
		{
			SignatureIgnored, "the signature of requests is not verified",
			"before anything else verify X-Hub-Signature-256 over the raw body, and answer 432 with an empty body if it is wrong", codeVerify(),
		},
		{
			SignatureStatus, "a wrong signature is refused, but not with status 432",
			"answer 432 with an empty body when the signature is wrong or missing", codeVerify(),
		},
		{
			UndecryptedStatus, "requests that cannot be decrypted are refused, but not with status 421",
			"answer 421 with an empty body when the AES key or the data cannot be decrypted", codeUndecryptable(),
		},
		{
			TagIgnored, "the GCM tag of requests is not verified: spoilt requests are accepted",
			"give the last 16 bytes of encrypted_flow_data to AES-GCM as the tag, and answer 421 if it does not match", codeOpen(),
		},
		{VersionRefused, "requests of Data API 4.0 are not answered", `accept any version string: "4.0" exists since November 11, 2025`, nil},
		{MalformedAccepted, "malformed requests are accepted", "check the envelope and the clear text before use, and answer 400 with an empty body", nil},
	}
}
