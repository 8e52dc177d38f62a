package mistake

// Mistakes in the seal of an answer. What a phone opens is from Meta, "Implementing
// Endpoints for Flows" (June 28, 2026).
const (
	AnswerEmpty     ID = "answer-empty"
	AnswerClear     ID = "answer-not-encrypted"
	AnswerEncoded   ID = "answer-only-encoded"
	AnswerQuoted    ID = "answer-quoted"
	AnswerWrapped   ID = "answer-wrapped"
	AnswerHex       ID = "answer-hex"
	AnswerTwice     ID = "answer-base64-twice"
	AnswerURLSafe   ID = "answer-base64-url-safe"
	AnswerUnpadded  ID = "answer-base64-unpadded"
	AnswerSpaced    ID = "answer-base64-spaced"
	AnswerRaw       ID = "answer-raw-bytes"
	AnswerInPieces  ID = "answer-base64-in-pieces"
	AnswerBytesText ID = "answer-bytes-text"
	AnswerConstant  ID = "answer-constant"
	IVNotInverted   ID = "iv-not-inverted"
	IVShort         ID = "iv-12-bytes"
	IVZero          ID = "iv-zero"
	IVReversed      ID = "iv-reversed"
	IVSent          ID = "iv-sent-along"
	IVChanged       ID = "iv-changed-otherwise"
	IVOther         ID = "iv-other"
	TagMissing      ID = "tag-missing"
	TagFirst        ID = "tag-first"
	TagShort        ID = "tag-short"
	TagWrong        ID = "tag-wrong"
	ModeCBC         ID = "mode-cbc"
	ModeECB         ID = "mode-ecb"
	ModeCTR         ID = "mode-ctr"
	ModeCFB         ID = "mode-cfb"
	ModeOFB         ID = "mode-ofb"
	ModeCCM         ID = "mode-ccm"
	KeyChanged      ID = "key-changed"

	AnswerPrinted    ID = "answer-printed"
	AnswerByteList   ID = "answer-byte-list"
	AnswerEscaped    ID = "answer-escaped"
	AnswerCompressed ID = "answer-compressed"
	AnswerAsText     ID = "answer-bytes-as-text"
	AnswerWithin     ID = "answer-within-text"
	AnswerBase32     ID = "answer-base32"
	AnswerBase85     ID = "answer-base85"
	AnswerLatin1     ID = "answer-bytes-as-latin1"
	AnswerUTF16      ID = "answer-utf16"
	AnswerEnvelope   ID = "answer-like-request"
	AnswerJOSE       ID = "answer-jose"
	AnswerSalted     ID = "answer-passphrase"
	AnswerFernet     ID = "answer-fernet"
	AnswerOfOther    ID = "answer-of-other-request"
	AnswerOtherKey   ID = "answer-other-key"
	TagFollowed      ID = "tag-followed"

	ClearTextQuoted     ID = "clear-text-quoted"
	ClearTextPrinted    ID = "clear-text-printed"
	ClearTextEncoded    ID = "clear-text-base64"
	ClearTextCompressed ID = "clear-text-compressed"
	ClearTextSealed     ID = "clear-text-sealed"
	ClearTextCharset    ID = "clear-text-charset"
	ClearTextPadded     ID = "clear-text-padded"
	ClearTextNaN        ID = "clear-text-nan"
	ClearTextFollowed   ID = "clear-text-followed"
	ClearTextInvalid    ID = "clear-text-not-json"
)

func ofSeal() []Mistake {
	const (
		bare   = "send the base64 of ciphertext and tag as the whole body, as text/plain: no JSON, no quotes, nothing around it"
		invert = "seal the answer with the 16 bytes of the request's IV, every bit inverted"
		tag    = "append the whole 16-byte GCM tag to the ciphertext, then encode both as one base64 text"
		once   = `encode the answer as JSON in UTF-8 once, seal these bytes once, and let nothing else change them`
		mode   = "encrypt the answer with AES-128-GCM, under the request's key and its IV with every bit inverted"
	)
	code := codeSeal()
	return []Mistake{
		{AnswerEmpty, "the answer has no body", "seal the answer, and " + bare, code},
		{AnswerClear, "the answer is not encrypted: it is the clear JSON", "encrypt it with AES-128-GCM under the request's key, and " + bare, code},
		{AnswerEncoded, "the answer is not encrypted: it is base64 of the clear JSON", "encrypt it with AES-128-GCM before it is encoded", code},
		{AnswerQuoted, "the answer is a JSON string: there are quotes around the base64", bare, code},
		{AnswerWrapped, "the answer is wrapped in JSON, not bare base64", bare, code},
		{AnswerHex, "the answer is hexadecimal, not base64", bare, code},
		{AnswerBase32, "the answer is base32, not base64", bare, code},
		{AnswerBase85, "the answer is base85, not base64", bare, code},
		{
			AnswerTwice, "the answer is encoded twice: base64 of base64",
			"encode ciphertext and tag as base64 once (in PHP, openssl_encrypt needs OPENSSL_RAW_DATA)", code,
		},
		{AnswerURLSafe, "the answer is URL-safe base64, not standard base64", "use the standard alphabet, with + and / and with padding", code},
		{
			AnswerUnpadded, "the padding (=) is missing at the end of the base64",
			"encode with the standard alphabet, + and /, and with padding (in Node 'base64', not 'base64url')", code,
		},
		{AnswerSpaced, "the answer has blanks, line breaks or a byte order mark around or within the base64", bare, code},
		{AnswerEscaped, "the base64 of the answer is escaped, as in URLs, HTML or JSON", bare, code},
		{AnswerCompressed, "the answer is compressed, and no header Content-Encoding says so", bare, code},
		{
			AnswerAsText, "the answer is ciphertext that was read as UTF-8, which destroys it: most bytes have become U+FFFD",
			"keep ciphertext and tag as bytes until they are encoded as base64; " + bare, code,
		},
		{
			AnswerLatin1, "the answer is ciphertext that was sent as text, one character for each byte (Latin-1, in Node 'binary'), not base64",
			"keep ciphertext and tag as bytes until they are encoded as base64; " + bare, code,
		},
		{AnswerUTF16, "the base64 of the answer is sent in UTF-16, not in ASCII", bare, code},
		{
			AnswerEnvelope, "the answer has the form of a request: it contains its own encrypted key, which no phone can open",
			mode + "; " + bare, code,
		},
		{AnswerJOSE, "the answer is a JWE or JWT, not AES-GCM under the request's key", mode + "; " + bare, code},
		{
			AnswerSalted, "the answer is encrypted with a passphrase, as CryptoJS and openssl enc do: it begins with Salted__",
			mode + "; pass the key as bytes, not as text", code,
		},
		{AnswerFernet, "the answer is a Fernet token of Python's cryptography, not AES-GCM under the request's key", mode + "; " + bare, code},
		{
			AnswerOfOther, "the answer is sealed with the key or the IV of another request",
			"keep the AES key and the IV of a request in variables of its handler, not in global ones; " + invert, code,
		},
		{
			AnswerOtherKey, "the answer is sealed with a key other than the AES key of its request, or with a cipher other than AES",
			mode, code,
		},
		{AnswerWithin, "there is other text around the base64 of the answer", bare, code},
		{AnswerByteList, "the answer is a list of byte values, not base64", bare, code},
		{
			AnswerPrinted, "the answer is what a language prints for no value or for an object, such as undefined, {} or [object Object]",
			"make sure that the handler returns the sealed text: wait for promises and coroutines, and encode the bytes as base64; " + bare, code,
		},
		{AnswerRaw, "the answer is raw bytes, not base64", bare, code},
		{AnswerInPieces, "ciphertext and tag are encoded separately, not together as one base64 text", tag, code},
		{AnswerBytesText, "the answer is Python's bytes printed as text: there is b'' around it", "turn the base64 into a string with .decode()", code},
		{
			AnswerConstant, "different requests get the same answer, which cannot be sealed for each of them: it is cached, or not sealed at all",
			"seal each answer anew, under the key and the IV of its request", code,
		},
		{IVNotInverted, "the answer is sealed with the unchanged IV of the request, not with the inverted one", invert, code},
		{IVShort, "the answer is sealed with 12 bytes of the IV, not with all 16", invert, code},
		{IVZero, "the answer is sealed with an IV of zeros", invert, code},
		{IVReversed, "the answer is sealed with the IV in reverse order, not inverted bit by bit", invert, code},
		{IVSent, "the answer is sealed with a new IV, which is sent with it; a phone knows only the inverted IV of its request", invert, code},
		{IVChanged, "the answer is sealed with an IV that was changed in another way than by inverting every bit", invert, code},
		{IVOther, "the answer is sealed with the right key, but with an IV other than the inverted one of the request", invert, code},
		{
			KeyChanged, "the answer is sealed with a key made from the request's AES key, such as its hexadecimal text or a hash, not with its 16 bytes",
			mode, code,
		},
		{TagMissing, "the GCM tag is missing at the end of the answer", tag, code},
		{TagFirst, "the GCM tag comes before the ciphertext, not after it", tag, code},
		{TagShort, "the GCM tag of the answer is cut: it has fewer than 16 bytes", tag, code},
		{TagFollowed, "there are more bytes after the GCM tag of the answer", "end the answer with the 16-byte GCM tag, and send it once", code},
		{TagWrong, "the answer decrypts, but its GCM tag is wrong", "seal without additional authenticated data, and append the tag of this very encryption", code},
		{ModeCBC, "the answer is encrypted with AES-CBC, not AES-GCM", mode, code},
		{ModeECB, "the answer is encrypted with AES-ECB, not AES-GCM", mode, code},
		{ModeCTR, "the answer is encrypted with AES-CTR, not AES-GCM", mode, code},
		{ModeCFB, "the answer is encrypted with AES-CFB, not AES-GCM", mode, code},
		{ModeOFB, "the answer is encrypted with AES-OFB, not AES-GCM", mode, code},
		{ModeCCM, "the answer is encrypted with AES-CCM, not AES-GCM", mode, code},
		{ClearTextQuoted, "the clear text of the answer is a JSON string: the answer was encoded as JSON twice", once, nil},
		{
			ClearTextPrinted, "the clear text of the answer is an object as the language prints it, not JSON",
			"encode the answer as JSON (JSON.stringify, json.dumps, json_encode, an ObjectMapper, json.Marshal), then seal it", nil,
		},
		{ClearTextEncoded, "the clear text of the answer is base64: the JSON was encoded before it was sealed", once, nil},
		{ClearTextCompressed, "the clear text of the answer is compressed", once, nil},
		{ClearTextSealed, "the answer is sealed twice: its clear text is a sealed answer", once, nil},
		{ClearTextCharset, "the clear text of the answer is not plain UTF-8: it is in another charset, or begins with a byte order mark", once, nil},
		{ClearTextPadded, "the clear text of the answer has padding behind the JSON, which AES-GCM does not need", once, nil},
		{ClearTextNaN, "the clear text of the answer has NaN or Infinity, which JSON does not allow", "send null or a text in place of such a number", nil},
		{ClearTextFollowed, "the clear text of the answer has more text behind its JSON object", once, nil},
		{
			ClearTextInvalid, "the clear text of the answer begins like a JSON object but is not valid JSON",
			"let a JSON encoder write the answer, whole and without commas, comments or quotes of another language", nil,
		},
	}
}
