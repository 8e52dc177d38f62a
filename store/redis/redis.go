package redis

import (
	"cmp"
	"context"
	"crypto/rand"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"strings"
	"sync/atomic"
	"time"

	goredis "github.com/redis/go-redis/v9"
	"github.com/redis/go-redis/v9/maintnotifications"

	"github.com/flowserver/flowserver/store"
)

// swapScript stores ARGV[2] for ARGV[3] milliseconds if the value is ARGV[1]. Empty for
// ARGV[1] means that there must be none, or one of another release: with another format
// version, below ARGV[4], as its first byte.
const swapScript = `
local value = redis.call('GET', KEYS[1])
local version = value and (string.byte(value, 1) or 255)
if ARGV[1] == '' then
  if version and (version >= tonumber(ARGV[4]) or version == string.byte(ARGV[2], 1)) then return 0 end
elseif value ~= ARGV[1] then
  return 0
end
redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
return 1`

// unlockScript ends the lock of the token ARGV[1].
const unlockScript = `
if redis.call('GET', KEYS[1]) == ARGV[1] then return redis.call('DEL', KEYS[1]) end
return 0`

// redisStore is the [store.Store] in Redis. Every method is one command.
type redisStore struct {
	client  goredis.UniversalClient
	prefix  string
	timeout time.Duration
	breaker breaker
	outages outages
	log     *slog.Logger
	closed  atomic.Bool
}

// DefaultPrefix begins the keys in Redis unless [Options] say otherwise.
const DefaultPrefix = "flowserver:"

// Options configure [Open]. The zero value is good for production.
type Options struct {
	// Prefix begins every key in Redis, so that several installations can share one.
	// Empty: [DefaultPrefix].
	Prefix string
	// Timeout is the longest that one call waits for Redis, connecting included. Zero:
	// 500 ms.
	Timeout time.Duration
	// RetryAfter is how long calls fail at once after Redis left three calls in a row
	// unanswered; then one of them tries again. Zero: 1 s.
	RetryAfter time.Duration
	// TLS applies to rediss URLs, for example with the RootCAs of a private authority.
	// Nil: the system's authorities.
	TLS *tls.Config
	// Logger gets a line when a kind of failure begins, for example that Redis does not
	// answer or is full, and a line with its duration when it ends, and at
	// debug level what go-redis says about its connections. For the latter Open sets
	// go-redis's logger, of which a process has only one. Nil: nothing is logged, and
	// go-redis keeps its logger.
	Logger *slog.Logger
}

// Open returns the store at rawURL, which has one of the forms of the package
// documentation. It does not contact Redis. Its errors contain neither the URL nor parts
// of it, because any part may turn out to be a password.
func Open(rawURL string, opts Options) (store.Store, error) {
	if opts.Timeout < 0 || opts.RetryAfter < 0 {
		return nil, errors.New("store: open: Timeout and RetryAfter must not be negative")
	}
	parsed, err := parseURL(rawURL)
	if err != nil {
		return nil, fmt.Errorf("store: open: redis URL: %w", err)
	}
	parsed.TLSConfig = mergeTLS(parsed.TLSConfig, opts.TLS)

	logger := opts.Logger
	if logger == nil {
		logger = slog.New(slog.DiscardHandler)
	} else {
		goredis.SetLogger(clientLog{logger})
	}
	timeout := cmp.Or(opts.Timeout, 500*time.Millisecond)
	return &redisStore{
		client:  newClient(parsed, timeout),
		prefix:  cmp.Or(opts.Prefix, DefaultPrefix),
		timeout: timeout,
		breaker: breaker{retryAfter: cmp.Or(opts.RetryAfter, time.Second)},
		outages: outages{log: logger},
		log:     logger,
	}, nil
}

// newClient makes the client. The context of each call ends after the timeout; the limits
// here are for what go-redis does in the background, like connecting.
func newClient(o *goredis.UniversalOptions, timeout time.Duration) goredis.UniversalClient {
	o.ContextTimeoutEnabled = true
	o.DialTimeout, o.ReadTimeout, o.WriteTimeout, o.PoolTimeout = timeout, timeout, timeout, timeout
	o.DialerRetries = 1
	o.MaxRetries = 1
	// Each would cost a new connection round trips, and none is used.
	o.DisableIdentity = true
	o.MaintNotificationsConfig = &maintnotifications.Config{Mode: maintnotifications.ModeDisabled}
	o.PipelinePoolSize = -1

	if o.IsClusterMode {
		// NewUniversalClient's cluster client looks commands up at the server, with a time limit
		// of its own (5 s) in place of the caller's context.
		cluster := o.Cluster()
		cluster.DisableRoutingPolicies = true
		return goredis.NewClusterClient(cluster)
	}
	return goredis.NewUniversalClient(o)
}

// once is a command that go-redis sends once. If a write were sent again after its answer
// was lost, it could find its own value and take it for another's.
type once struct{ *goredis.Cmd }

// NoRetry implements goredis.Cmder.
func (once) NoRetry() bool { return true }

func (s *redisStore) valueKey(key string) string { return s.prefix + "value:" + key }
func (s *redisStore) lockKey(key string) string  { return s.prefix + "lock:" + key }

func (s *redisStore) Get(ctx context.Context, key string) (value []byte, ok bool, err error) {
	cmd := goredis.NewStringCmd(ctx, "get", s.valueKey(key))
	if err := s.do(ctx, "get", cmd); err != nil {
		return nil, false, err
	}
	raw, _ := cmd.Bytes() // do has seen the error, but for goredis.Nil, which leaves raw empty
	if errors.Is(cmd.Err(), goredis.Nil) {
		return nil, false, nil
	}
	if value, ok, err = decodeValue(raw); err != nil {
		return nil, false, fmt.Errorf("store: get: %w", err)
	}
	return value, ok, nil
}

func (s *redisStore) Put(ctx context.Context, key string, value []byte, ttl time.Duration) error {
	if err := store.CheckTTL("put", ttl); err != nil {
		return err
	}
	return s.write(ctx, "put", once{goredis.NewCmd(ctx, "set", s.valueKey(key), encodeValue(value), "px", milliseconds(ttl))})
}

func (s *redisStore) PutIfAbsent(ctx context.Context, key string, value []byte, ttl time.Duration) (stored bool, err error) {
	return s.swap(ctx, "put if absent", key, nil, value, ttl)
}

func (s *redisStore) CompareAndSwap(ctx context.Context, key string, old, next []byte, ttl time.Duration) (swapped bool, err error) {
	return s.swap(ctx, "compare and swap", key, old, next, ttl)
}

func (s *redisStore) swap(ctx context.Context, op, key string, old, next []byte, ttl time.Duration) (swapped bool, err error) {
	if err := store.CheckTTL(op, ttl); err != nil {
		return false, err
	}
	var expected []byte
	if old != nil {
		expected = encodeValue(old)
	}
	cmd := once{goredis.NewCmd(ctx, "eval", swapScript, 1, s.valueKey(key), expected, encodeValue(next), milliseconds(ttl), versions)}
	if err := s.do(ctx, op, cmd); err != nil {
		return false, err
	}
	if cmd.Val() != int64(1) {
		return false, nil
	}
	s.outages.wrote(ctx)
	return true, nil
}

func (s *redisStore) Delete(ctx context.Context, key string) error {
	return s.do(ctx, "delete", once{goredis.NewCmd(ctx, "del", s.valueKey(key))})
}

func (s *redisStore) TryLock(ctx context.Context, key string, ttl time.Duration) (unlock func(), acquired bool, err error) {
	if err := store.CheckTTL("lock", ttl); err != nil {
		return nil, false, err
	}
	token := rand.Text()
	cmd := once{goredis.NewCmd(ctx, "set", s.lockKey(key), token, "nx", "px", milliseconds(ttl))}
	if err := s.do(ctx, "lock", cmd); err != nil {
		return nil, false, err
	}
	if errors.Is(cmd.Err(), goredis.Nil) {
		return nil, false, nil
	}
	s.outages.wrote(ctx)
	return func() { s.unlock(context.WithoutCancel(ctx), key, token) }, true, nil
}

func (s *redisStore) unlock(ctx context.Context, key, token string) {
	err := s.do(ctx, "unlock", once{goredis.NewCmd(ctx, "eval", unlockScript, 1, s.lockKey(key), token)})
	if err != nil {
		s.log.LogAttrs(ctx, slog.LevelWarn, "lock is left to expire", slog.Any("error", err))
	}
}

func (s *redisStore) Ping(ctx context.Context) error {
	return s.ask(ctx, "ping", goredis.NewStatusCmd(ctx, "ping"))
}

func (s *redisStore) Kind() string { return "redis" }

// Outages returns the kinds of failures that last, the same that are in the log.
func (s *redisStore) Outages() []store.Outage { return s.outages.list() }

func (s *redisStore) Close() error {
	if s.closed.Swap(true) {
		return nil
	}
	return s.client.Close()
}

// Format implements fmt.Formatter: no verb prints the client, which knows the password.
func (s *redisStore) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, "store.Redis") }

// LogValue implements slog.LogValuer as Format does.
func (s *redisStore) LogValue() slog.Value { return slog.StringValue("store.Redis") }

// write is do for a command that stores a value whenever it succeeds.
func (s *redisStore) write(ctx context.Context, op string, cmd goredis.Cmder) error {
	err := s.do(ctx, op, cmd)
	if err == nil {
		s.outages.wrote(ctx)
	}
	return err
}

// do sends the command, or fails at once while Redis does not answer. That Redis has no
// value is not an error here; it is goredis.Nil in cmd.Err.
func (s *redisStore) do(ctx context.Context, op string, cmd goredis.Cmder) error {
	if err := ctx.Err(); err != nil {
		return fmt.Errorf("store: %s: %w", op, err)
	}
	if !s.breaker.allow() {
		s.outages.again(store.Unreachable)
		return fmt.Errorf("store: %s: %w", op, &store.UnavailableError{Kind: store.Unreachable, Cause: "it did not answer the last calls and is tried again shortly"})
	}
	return s.ask(ctx, op, cmd)
}

// ask sends the command whatever the breaker says, and tells it the outcome.
func (s *redisStore) ask(ctx context.Context, op string, cmd goredis.Cmder) error {
	limited, cancel := context.WithTimeout(ctx, s.timeout)
	defer cancel()
	err := s.client.Process(limited, cmd)

	var reply goredis.Error // what Redis answers, "no value" and refusals alike
	switch {
	case err == nil || errors.As(err, &reply):
		s.breaker.answered()
		s.outages.answered(ctx)
		if err == nil || errors.Is(err, goredis.Nil) {
			return nil
		}
		failure := &store.UnavailableError{Kind: kindOfReply(reply.Error()), Cause: cause(err)}
		s.outages.failed(ctx, failure)
		return fmt.Errorf("store: %s: %w", op, failure)
	case s.closed.Load():
		s.breaker.abandoned()
		return fmt.Errorf("store: %s: %w", op, store.ErrClosed)
	case ctx.Err() != nil:
		s.breaker.abandoned()
		return fmt.Errorf("store: %s: %w", op, ctx.Err())
	}
	failure := &store.UnavailableError{Kind: store.Unreachable, Cause: cause(err)}
	if s.breaker.missed() {
		s.outages.failed(ctx, failure)
	} else {
		s.outages.again(store.Unreachable)
	}
	return fmt.Errorf("store: %s: %w", op, failure)
}

// cause is the text of an error of go-redis up to the first quotation mark: Redis and
// go-redis quote commands, which may contain values and passwords.
func cause(err error) string {
	if netErr, ok := errors.AsType[net.Error](err); ok && netErr.Timeout() {
		return "no answer in time"
	}
	text := err.Error()
	if quote := strings.IndexAny(text, "'\"`"); quote >= 0 {
		return text[:quote] + "…"
	}
	return text
}

// milliseconds rounds up, because Redis refuses 0.
func milliseconds(d time.Duration) int64 {
	return int64((d-1)/time.Millisecond) + 1
}

// clientLog hands go-redis's log lines over.
type clientLog struct{ log *slog.Logger }

// Printf implements the logger of go-redis.
func (l clientLog) Printf(ctx context.Context, format string, args ...any) {
	safe := make([]any, len(args))
	for i, arg := range args {
		if err, ok := arg.(error); ok {
			arg = cause(err)
		}
		safe[i] = arg
	}
	l.log.LogAttrs(ctx, slog.LevelDebug, "redis client", slog.String("detail", fmt.Sprintf(format, safe...)))
}
