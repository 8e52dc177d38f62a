package exchange

// DecodeMessage is for the tests of the lenient decoder.
var DecodeMessage = decodeMessage
