package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"time"

	flowcrypto "github.com/flowserver/flowserver/crypto"
	"github.com/flowserver/flowserver/exchange/token"
	"github.com/flowserver/flowserver/internal/phoneui"
	"github.com/flowserver/flowserver/internal/weburl"
	"github.com/flowserver/flowserver/phone"
	"github.com/flowserver/flowserver/phone/scenario"
	"github.com/flowserver/flowserver/secret"
)

// devPhonePort is that of the phone's page, unless a flag says otherwise.
const devPhonePort = 8081

// phonePage are the flags of the phone's page, which dev and phone share.
type phonePage struct {
	quirkFlag
	Open      bool     `help:"Open the phone in the browser."`
	AllowHost []string `placeholder:"NAME" help:"Let browsers reach the phone under this host name too, for example in a container. The phone may then listen on other addresses than loopback."`
	Log       string   `placeholder:"FILE" help:"Add a JSON line for every exchange of the phone, with all its values, to this file."`
	Mask      bool     `help:"Mask the values of sensitive inputs, passwords and passcodes in the inspector, in recordings and in the log. The screen of the phone shows them."`
	Save      string   `placeholder:"DIR" help:"Let the page write recorded scenarios into this folder. It replaces no file of yours."`
	Webhook   string   `placeholder:"URL" help:"Let the page post the customer's reply to this URL, signed with the app secret as Meta signs it."`
	Locale    string   `placeholder:"LANGUAGE" help:"Language of the phone, for example ar or pt_BR: the direction of its screens and how it writes dates. Default: en_GB."`
	Web       string   `hidden:"" placeholder:"DIR" help:"Serve the files of the page from this folder, and reload when they change."`
	Lag       int      `hidden:"" help:"Delay the answer to each event by this many milliseconds, for tests."`
}

// start makes the page of some Flows and lets it listen.
func (c phonePage) start(ctx context.Context, address string, flows []phoneui.Flow, log *exchangeLog) (*phoneui.Server, error) {
	locale, err := c.check()
	if err != nil {
		return nil, err
	}
	if c.Save != "" {
		if err := os.MkdirAll(c.Save, 0o750); err != nil {
			return nil, fmt.Errorf("--save: %w", err)
		}
	}
	return c.listen(ctx, address, phoneui.Options{
		Observe: log.add,
		Flows:   flows, Version: version(), AllowHosts: c.AllowHost, Lag: time.Duration(c.Lag) * time.Millisecond,
		Quirks: c.Quirk, Mask: c.Mask, Save: c.Save, Webhook: c.Webhook, Locale: locale, Web: c.Web,
		Record: func(m phone.Message, hidden func(screen, field string) bool) phoneui.Recorder {
			recorder := scenario.NewRecorder(m)
			recorder.Hide(hidden)
			recorder.Switch(c.Quirk)
			return recorder
		},
	})
}

// check checks the options of the page, and returns the tag of its language.
func (c phonePage) check() (locale string, err error) {
	if locale, err = phoneui.ParseLocale(c.Locale); err != nil {
		return "", usagef("--locale: %v", err)
	}
	if err := c.quirkFlag.check(); err != nil {
		return "", err
	}
	if c.Webhook != "" {
		u, wrong, remedy := weburl.Parse(c.Webhook)
		switch {
		case u == nil:
			return "", &usageError{hint(fmt.Errorf("--webhook: it %s", wrong), remedy)}
		case u.Scheme != "http" && u.Scheme != "https":
			return "", usagef("--webhook: expected an http or https URL")
		}
	}
	if c.Web != "" {
		if _, err := os.Stat(filepath.Join(c.Web, "index.html")); err != nil {
			return "", usagef("--web: expected a folder with index.html")
		}
	}
	return locale, nil
}

// listen makes a page and lets it listen: at the address that was asked for, or at the first
// free port from the usual one on, or at any.
func (c phonePage) listen(ctx context.Context, address string, o phoneui.Options) (*phoneui.Server, error) {
	ui, err := phoneui.New(o)
	if err != nil {
		return nil, err
	}
	if address != "" {
		return ui, listenPage(ctx, ui, address)
	}
	for i := range devPortTries {
		if err = ui.Listen(ctx, local(devPhonePort+i)); err == nil || !portUnavailable(err) {
			return ui, err
		}
	}
	err = ui.Listen(ctx, local(0))
	return ui, err
}

// listenPage lets a page listen at the address that the user asked for.
func listenPage(ctx context.Context, ui *phoneui.Server, address string) error {
	if _, _, err := net.SplitHostPort(address); err != nil {
		return usagef("expected HOST:PORT for the phone, for example %s", local(devPhonePort))
	}
	err := ui.Listen(ctx, address)
	if _, ok := errors.AsType[*phoneui.NotLoopbackError](err); ok {
		return &usageError{hint(err, "listen at "+local(devPhonePort)+"; in a container, name the host that browsers use with --allow-host")}
	}
	return err
}

// show opens the browser, if the user wants that. Without a browser the address is on the
// terminal all the same.
func (c phonePage) show(ctx context.Context, p *Program, ui *phoneui.Server) {
	if !c.Open {
		return
	}
	if err := openBrowser(ctx, p, ui.URL()); err != nil {
		p.warnf("no browser could be opened: %v", err)
	}
}

// logNote says what is in the file of --log; empty without one.
func (c phonePage) logNote() string {
	switch {
	case c.Log == "":
		return ""
	case c.Mask:
		return quoted(c.Log) + ": every exchange with its values, sensitive ones masked"
	}
	return quoted(c.Log) + ": every exchange with all values, including what you type"
}

// signer returns what signs flow tokens with an app secret; nil without one.
func signer(appSecret secret.Bytes) func(string) string {
	if len(appSecret) == 0 {
		return nil
	}
	return func(flowToken string) string {
		signature, err := token.Sign(appSecret, flowToken)
		return cmp.Or(signature, fmt.Sprint(err)) // there is an app secret: it does not fail
	}
}

// bodySigner returns what signs webhooks with an app secret; nil without one.
func bodySigner(appSecret secret.Bytes) func([]byte) string {
	if len(appSecret) == 0 {
		return nil
	}
	return func(body []byte) string { return flowcrypto.Sign(body, appSecret) }
}
