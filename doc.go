// Package flowserver is the server behind WhatsApp Flows.
//
// During a Flow, Meta sends encrypted requests. The server opens each envelope with the
// private key of the business key pair, passes the screen to a handler, and seals the
// answer. [Main] turns your Flows into a program with the whole command line:
//
//	func main() { flowserver.Main(flowserver.Flow("booking", booking.Routes())) }
//
// The program's "dev" command serves them on your machine, "serve" in production, and
// "call" plays WhatsApp for them or for any other endpoint.
//
// Write handlers with package exchange, and test them with package exchange/exchangetest.
// If you already have a server, mount an exchange.Endpoint, which is an http.Handler: you
// need neither this package nor its configuration. Package client is the other side of the
// protocol.
package flowserver
