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
	TagMissing      ID = "tag-missing"
	TagFirst        ID = "tag-first"
	TagShort        ID = "tag-short"
	TagWrong        ID = "tag-wrong"
	ModeCBC         ID = "mode-cbc"
	ModeECB         ID = "mode-ecb"
	ModeCTR         ID = "mode-ctr"
	ClearTextQuoted ID = "clear-text-quoted"
)

func ofSeal() []Mistake {
	const (
		bare   = "send the base64 of ciphertext and tag as the whole body, as text/plain: no JSON, no quotes, nothing around it"
		invert = "seal the answer with the 16 bytes of the request's IV, every bit inverted"
		tag    = "append the whole 16-byte GCM tag to the ciphertext, then encode both as one base64 text"
		mode   = "encrypt the answer with AES-128-GCM, under the request's key and its IV with every bit inverted"
	)
	code := codeSeal()
	return []Mistake{
		{AnswerEmpty, "the answer has no body", "seal the answer, and " + bare, code},
		{AnswerClear, "the answer is not encrypted: it is the clear JSON", "encrypt it with AES-128-GCM under the request's key, and " + bare, code},
		{AnswerEncoded, "the answer is not encrypted: it is base64 of the clear JSON", "encrypt it with AES-128-GCM before it is encoded", code},
		{AnswerQuoted, "the answer is a JSON string: quotes are around the base64", bare, code},
		{AnswerWrapped, "the answer is JSON around the base64", bare, code},
		{AnswerHex, "the answer is hexadecimal, not base64", bare, code},
		{AnswerTwice, "the answer is encoded twice: base64 of base64", "encode ciphertext and tag as base64 once", code},
		{AnswerURLSafe, "the answer is URL-safe base64, not standard base64", "use the standard alphabet, with + and / and with padding", code},
		{AnswerUnpadded, "the padding (=) is missing at the end of the base64", "encode with padding", code},
		{AnswerSpaced, "the answer has blanks or a byte order mark around or within the base64", bare, code},
		{AnswerRaw, "the answer is raw bytes, not base64", bare, code},
		{AnswerInPieces, "ciphertext and tag are encoded as base64 each, not together", tag, code},
		{AnswerBytesText, "the answer is the text of Python's bytes: b'' is around the base64", "turn the base64 into a string with .decode()", code},
		{
			AnswerConstant, "every request has the same answer, which cannot be sealed for each of them: it is cached, or not sealed at all",
			"seal each answer separately, under the key and the IV of its request", code,
		},
		{IVNotInverted, "the answer is sealed with the unchanged IV of the request, not with the inverted one", invert, code},
		{IVShort, "the answer is sealed with 12 bytes of the IV, not with all 16", invert, code},
		{IVZero, "the answer is sealed with an IV of zeros", invert, code},
		{IVReversed, "the answer is sealed with the IV in reverse order; its bits must be inverted instead", invert, code},
		{IVSent, "the answer is sealed with a new IV, which is sent with it; a phone knows only the inverted IV of its request", invert, code},
		{TagMissing, "the GCM tag is missing at the end of the answer", tag, code},
		{TagFirst, "the GCM tag comes before the ciphertext, not after it", tag, code},
		{TagShort, "the GCM tag of the answer is cut: it has fewer than 16 bytes", tag, code},
		{TagWrong, "the answer decrypts, but its GCM tag is wrong", "seal without additional authenticated data, and append the tag of this very encryption", code},
		{ModeCBC, "the answer is encrypted with AES-CBC, not AES-GCM", mode, code},
		{ModeECB, "the answer is encrypted with AES-ECB, not AES-GCM", mode, code},
		{ModeCTR, "the answer is encrypted with AES-CTR, not AES-GCM", mode, code},
		{ClearTextQuoted, "the clear text of the answer is a JSON string: the answer was encoded as JSON twice", "encode the answer as JSON once, then seal it", nil},
	}
}
