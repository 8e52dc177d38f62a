package config_test

import (
	"errors"
	"fmt"

	"github.com/flowserver/flowserver/internal/config"
	"github.com/flowserver/flowserver/internal/problem"
)

func ExampleBuiltin() {
	env := map[string]string{
		"FLOWSERVER_PRIVATE_KEY": `-----BEGIN PRIVATE KEY-----\n…\n-----END PRIVATE KEY-----`,
		"FLOWSERVER_APP_SECRET":  "the app secret",
	}
	getenv := func(name string) (string, bool) { value, ok := env[name]; return value, ok } // os.LookupEnv in a program
	cfg, err := config.Builtin(getenv)
	if err != nil {
		fmt.Println(err)
		return
	}
	flow := cfg.Flows[0]
	fmt.Println(cfg.Listen, flow.ID, flow.Timeout, flow.MaxBody, flow.AppSecrets)

	env["FLOWSERVER_TIMEOUT"] = "1m"
	env["FLOWSERVER_GUARD"] = "strict"
	_, err = config.Builtin(getenv)
	problems, _ := errors.AsType[problem.List](err)
	for _, p := range problems { // err itself prints them with their places
		fmt.Printf("%s %s\n  %s\n", p.Path, p.Text, p.Hint)
	}
	// Output:
	// :8080 booking 8s 1MiB [[redacted]]
	// flows[0].timeout is more than 10s
	//   WhatsApp gives up after 10s: stay well below it; the value comes from FLOWSERVER_TIMEOUT
	// flows[0].guard is not one of enforce, warn, off
	//   the value comes from FLOWSERVER_GUARD
}
