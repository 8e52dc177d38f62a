package cli

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/flowserver/flowserver/exchange"
	"github.com/flowserver/flowserver/internal/phoneui"
)

// devGreeting is what dev prints at its start: where everything is, and how to go on.
type devGreeting struct {
	dev   devCommand
	files devFiles
	flows []devFlow
	// public and admin are where programs on this machine reach the server.
	public, admin string
	phone         *phoneui.Server // nil if there is none
	providerURL   string
	moved         bool
	colour        bool
}

func (g devGreeting) text(ctx context.Context) []byte {
	var text bytes.Buffer
	public, admin := g.public, g.admin
	row := func(name, value string) {
		fmt.Fprintf(&text, "  %s%s\n", g.paint("2", fmt.Sprintf("%-12s", name)), value)
	}
	fmt.Fprintln(&text)
	switch {
	case g.phone != nil:
		fmt.Fprintf(&text, "  %s  %s\n\n", g.paint("1", "phone"), g.paint("1;36", g.phone.URL()))
	case !g.dev.NoPhone:
		row("phone", g.paint("33", "needs the Flow JSON: give it with "+g.flowJSONRemedy()))
	}
	for _, f := range g.flows {
		row("endpoint", g.paint("1;36", "http://"+public+"/flows/"+f.id))
	}
	if g.moved && g.dev.Admin != "" {
		row("", g.paint("33", g.movedNote()))
	}
	row("health", "http://"+admin+"/healthz")
	if g.moved && g.dev.Admin == "" {
		row("", g.paint("33", g.movedNote()))
	}
	if note := g.dev.logNote(); note != "" {
		row("log", note)
	}
	for _, f := range g.flows {
		if f.upstream == nil {
			continue
		}
		row("upstream", f.upstream.String())
		if problem := unreachable(ctx, f.upstream); problem != "" {
			row("", g.paint("33", "not reachable yet ("+problem+"): start it, this server keeps running"))
		}
	}
	row("keys", fmt.Sprintf("%s, %s (fingerprint %s)", g.dev.Dir, g.files.made, short(g.files.pair.Fingerprint())))
	row("provider", fmt.Sprintf("stand-in for ChakraHQ, says %s", g.dev.ProviderSays))
	if g.files.upstreamSecret != "" {
		fmt.Fprintf(&text, "\nStart your server with the secret that verifies our requests:\n\n")
		fmt.Fprintf(&text, "  export FLOWSERVER_UPSTREAM_SECRET=\"$(cat %s)\"\n", quoted(g.files.upstreamSecret))
	}
	fmt.Fprintf(&text, "\nPlay WhatsApp in another terminal:\n\n")
	for _, f := range g.flows {
		command, note := f.firstCommand()
		if note != "" {
			fmt.Fprintf(&text, "  %s\n", g.paint("2", "# "+note))
		}
		if len(g.flows) > 1 {
			command += " --flow " + f.id
		}
		if filepath.Clean(g.dev.Dir) != defaultDevDir {
			command += " --dir " + quoted(g.dev.Dir)
		}
		fmt.Fprintf(&text, "  %s\n", g.paint("1", ourName()+" call "+command))
	}
	fmt.Fprintf(&text, "\nReach the endpoint from outside:\n\n  %s\n", g.paint("1", "cloudflared tunnel --url http://"+public)+
		g.paint("2", "   # or: ")+g.paint("1", "ngrok http "+public))
	fmt.Fprintf(&text, "\nAsk the provider about our key:\n\n  %s\n", g.paint("1", ourName()+" keys status --config "+quoted(g.files.config)))
	fmt.Fprintf(&text, "\nCtrl-C drains and stops; a second one stops at once.\n\n")
	return text.Bytes()
}

// flowJSONRemedy says how a flow gets its Flow JSON.
func (g devGreeting) flowJSONRemedy() string {
	if g.dev.Upstream != nil {
		return "--flow-json FILE"
	}
	return "exchange.WithFlow"
}

// movedNote explains the ports that were not asked for.
func (g devGreeting) movedNote() string {
	if g.dev.Listen != "" || g.dev.Admin != "" {
		return "the usual port is taken: this is the next free one"
	}
	return "the usual ports are taken: these are the next free ones"
}

// paint writes text in a colour, or as it is.
func (g devGreeting) paint(code, text string) string {
	if !g.colour {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

// firstCommand returns arguments of call that a handler of the flow answers, and a
// note about them if they do not open the flow.
func (f devFlow) firstCommand() (command, note string) {
	find := func(action exchange.Action) (found []exchange.Route) {
		for _, rt := range f.routes {
			if rt.Action == action {
				found = append(found, rt)
			}
		}
		slices.SortStableFunc(found, func(a, b exchange.Route) int {
			if byFile := f.place(a.Screen) - f.place(b.Screen); byFile != 0 {
				return byFile
			}
			return strings.Compare(a.Screen+a.TriggerValue, b.Screen+b.TriggerValue)
		})
		return found
	}
	if f.routes == nil || len(find(exchange.ActionInit)) > 0 {
		return "init", ""
	}
	note = "no INIT handler: open this Flow with flow_action navigate"
	if submits := find(exchange.ActionDataExchange); len(submits) > 0 {
		return strings.Join(append([]string{"submit", submits[0].Screen}, sampleFields(submits[0])...), " "), note
	}
	if backs := find(exchange.ActionBack); len(backs) > 0 && backs[0].Screen != "" {
		return "back " + backs[0].Screen, note
	}
	return "ping", "no handler yet: only health checks are answered"
}

// place is the position of a screen in the Flow JSON; after all others for one that
// it does not have.
func (f devFlow) place(screen string) int {
	if f.flowJSON == nil {
		return 0
	}
	for i, s := range f.flowJSON.Screens {
		if s.ID == screen {
			return i
		}
	}
	return len(f.flowJSON.Screens)
}

// sampleFields are the fields of a route's form, as arguments of call, to be filled
// in.
func sampleFields(rt exchange.Route) []string {
	var fields []string
	if rt.TriggerField != "" {
		fields = append(fields, quoted(rt.TriggerField+"="+rt.TriggerValue))
	}
	if rt.Form == nil || rt.Form.Kind() != reflect.Struct {
		return fields
	}
	for i := range rt.Form.NumField() {
		name, _, _ := strings.Cut(rt.Form.Field(i).Tag.Get("json"), ",")
		if name != "" && name != "-" && name != rt.TriggerField {
			fields = append(fields, quoted(name+"=..."))
		}
	}
	return fields
}

// quoted quotes an argument for a shell if it needs that.
func quoted(argument string) string {
	const safe = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-./=:,@+"
	if argument != "" && strings.Trim(argument, safe) == "" {
		return argument
	}
	if runtime.GOOS == "windows" {
		return `"` + argument + `"`
	}
	return "'" + strings.ReplaceAll(argument, "'", `'\''`) + "'"
}

// ourName is how the user can run this program again: go run and go tool build it in
// a folder of the build cache.
func ourName() string {
	path, err := os.Executable()
	if err == nil && !strings.Contains(path, string(filepath.Separator)+"go-build") {
		return quoted(os.Args[0])
	}
	info, _ := debug.ReadBuildInfo()
	return "go run " + mainPackage(info, func(name string) bool {
		_, err := os.Stat(name)
		return err == nil
	})
}

// mainPackage is the package of a program as go run needs it in the working folder:
// relative if the folder is the root of its module, else the import path. exists
// reports whether the working folder has a file or folder.
func mainPackage(info *debug.BuildInfo, exists func(name string) bool) string {
	if info == nil || info.Main.Path == "" || !strings.HasPrefix(info.Path, info.Main.Path) {
		return "." // it was built from files
	}
	relative := "." + strings.TrimPrefix(info.Path, info.Main.Path)
	switch {
	case info.Main.Version != "" && info.Main.Version != "(devel)": // of another module
		return info.Path + "@" + info.Main.Version
	case exists("go.mod") && exists(filepath.FromSlash(relative)):
		return relative
	default:
		return info.Path
	}
}
