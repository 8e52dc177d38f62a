// Package phoneui serves the phone: a page in the browser that draws and drives a
// [phone.Phone], with every exchange, verdict and finding next to it.
//
//	ui, err := phoneui.New(phoneui.Options{Flows: flows})
//	if err != nil {
//		return err
//	}
//	if err := ui.Listen(ctx, "127.0.0.1:8081"); err != nil {
//		return err
//	}
//	fmt.Println(ui.URL())
//	return ui.Serve(ctx)
//
// The page holds no rule of WhatsApp: it sends what a user does as events, and draws the
// View that comes back. What is in the folder web is what is served; nothing is built.
//
// # Security
//
// The server listens on loopback only. It answers requests with its own Host alone, so
// that no other site can reach it by DNS rebinding, and requires a random token for every
// change. Neither keys nor app secrets are in any type that reaches the page, and the page
// cannot aim the phone at another endpoint. See guard.go.
//
// # Concurrency
//
// A Server is safe for concurrent use.
package phoneui

//go:generate go test . -run TestTypes -update
