// Package flowserver is the server behind WhatsApp Flows.
//
// Meta calls it during a Flow session with an encrypted request; it opens the
// envelope with the private half of the business key pair, hands the screen to a
// handler, and seals the answer. [Main] makes a program of your Flows and the
// whole command line:
//
//	func main() { flowserver.Main(flowserver.Flow("booking", booking.Routes())) }
//
// The program's "dev" command serves them on your machine, "serve" in production,
// and "call" plays WhatsApp towards them or any other endpoint.
//
// Package exchange has what handlers are written with; package
// exchange/exchangetest tests them. If you already have a server, mount an
// exchange.Endpoint, which is an http.Handler: you need neither this package nor its
// configuration. Package client is the other side of the protocol.
package flowserver
