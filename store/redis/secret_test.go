package redis_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/alicebob/miniredis/v2/server"

	"github.com/flowserver/flowserver/internal/storetest"
	"github.com/flowserver/flowserver/store/redis"
)

const secret = "s3cret"

func TestOpen_PrintsNoPassword(t *testing.T) {
	t.Parallel()
	for _, url := range []string{
		"redis://user:s3cret@127.0.0.1:1",
		"rediss://user:s3cret@127.0.0.1:1",
		"unix://user:s3cret@/nowhere.sock",
		"redis://user:s3cret@127.0.0.1:1?addr=127.0.0.1:2",
		"redis://user:s3cret@127.0.0.1:1?master_name=m&password=s3cret",
	} {
		s := open(t, url, redis.Options{})
		storetest.WantNoSecret(t, s, secret)
		if err := s.Ping(t.Context()); err == nil || strings.Contains(err.Error(), secret) {
			t.Errorf("Ping: got error %v; want one without the password", err)
		}
	}
}

// TestOpen_URLErrorsDoNotEchoURL has the secret at any place where a password with special
// characters may land.
func TestOpen_URLErrorsDoNotEchoURL(t *testing.T) {
	t.Parallel()
	for _, url := range []string{
		"s3cret",
		":s3cret",
		"s3cret://127.0.0.1",
		"http://:s3cret@127.0.0.1",
		"redis://:s3cret#@127.0.0.1:6379",
		"redis://:#s3cret@127.0.0.1:6379",
		"redis://:/s3cret@127.0.0.1:6379",
		"redis://:s3cret/x@127.0.0.1:6379",
		"redis://:?s3cret@127.0.0.1:6379",
		"redis://:?s3cret=1@127.0.0.1:6379",
		"redis://:?db=s3cret@127.0.0.1:6379",
		"redis://:%s3cret@127.0.0.1:6379",
		"redis://:s3cret@127.0.0.1:port",
		"redis://127.0.0.1:s3cret",
		"redis://127.0.0.1/s3cret",
		"redis://127.0.0.1/0/s3cret",
		"redis://127.0.0.1?password=s3cret",
		"redis://127.0.0.1?pool_size=s3cret",
		"redis://127.0.0.1?%s3cret",
		"redis://127.0.0.1?s3cret=1;x=2",
		"redis://127.0.0.1?addr=s3cret",
		"redis://127.0.0.1?addr=127.0.0.1:1&username=s3cret",
		"redis://127.0.0.1?addr=127.0.0.1:1&skip_verify=s3cret",
		"redis://:s3cret@127.0.0.1?master_name=",
		"redis://127.0.0.1?master_name=m&addr=s3cret",
		"redis://127.0.0.1?read_timeout=s3cret",
		"unix://127.0.0.1?db=s3cret",
		"unix:///tmp/x.sock?master_name=s3cret",
		"unix:///tmp/x.sock?addr=s3cret:1",
	} {
		s, err := redis.Open(url, redis.Options{})
		if err == nil || s != nil {
			t.Errorf("%s: opened", url)
			continue
		}
		if strings.Contains(err.Error(), secret) || strings.Contains(fmt.Sprintf("%+v", err), secret) {
			t.Errorf("%s: the error echoes the URL: %v", url, err)
		}
		if !strings.HasPrefix(err.Error(), "store: open: redis URL: ") {
			t.Errorf("%s: got error %q", url, err)
		}
	}
}

// TestErrors_DoNotEchoCommands has a Redis that repeats the commands it refuses, as Redis
// does with the ones that it does not know.
func TestErrors_DoNotEchoCommands(t *testing.T) {
	t.Parallel()
	fake := startFake(t)
	echo := func(c *server.Peer, cmd string, args []string) {
		c.WriteError("ERR unknown command '" + cmd + "', with args beginning with: '" + strings.Join(args, "' '") + "'")
	}
	for _, cmd := range []string{"HELLO", "AUTH", "SET", "EVAL"} {
		if err := fake.Register(cmd, echo); err != nil {
			t.Fatal(err)
		}
	}
	for _, user := range []string{"", "user:s3cret@"} {
		s := open(t, "redis://"+user+fake.Addr().String(), redis.Options{})
		err := s.Put(t.Context(), secret, []byte(secret), time.Hour)
		wantUnavailable(t, err)
		if strings.Contains(err.Error(), secret) || !strings.Contains(err.Error(), "ERR unknown command") {
			t.Errorf("Put: got error %q; want the reason without arguments", err)
		}
		_, err = s.PutIfAbsent(t.Context(), secret, []byte(secret), time.Hour)
		wantUnavailable(t, err)
		if strings.Contains(err.Error(), secret) {
			t.Errorf("PutIfAbsent: got error %q; want the reason without arguments", err)
		}
	}
}
