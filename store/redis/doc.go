// Package redis is the [store.Store] in Redis, which all replicas of a server share.
//
// [Open] does not contact Redis, so a server starts without it; Ping does:
//
//	s, err := redis.Open(os.Getenv("REDIS_URL"), redis.Options{})
//
// # URLs
//
//	redis://[user:password@]host[:6379][/db]                 one Redis
//	rediss://…                                               the same over TLS, here and below
//	unix://[user:password@]/path/to/redis.sock[?db=n]        one Redis on a socket
//	redis://[user:password@]host1:26379[/db]?master_name=mymaster&addr=host2:26379
//	                                                         Sentinel: hosts of the sentinels, addr once for each further one
//	redis://[user:password@]host1:6379?addr=host2:6379       Cluster: addr once for each further node
//
// These are the forms of go-redis. With Sentinel the user and password before
// the host are those of the sentinels, and the parameters username and password
// those of the Redis behind them. A cluster that has one address repeats it as
// addr. Further parameters: db, pool_size, client_name, protocol and, except for
// a cluster, skip_verify. Percent-encode characters with a meaning in URLs, such
// as / # ? and @, in passwords. Time limits are not part of the URL: see
// [Options].
//
// # Keys and values
//
// A key in Redis is the prefix of [Options], then "value:" or "lock:", then the
// caller's key. A value in Redis begins with a byte for the version of the format;
// a value of another version, which an older or newer release may have left, counts
// as absent and is overwritten. So a release that changes the format loses what is
// stored but never misreads it. A value that no release can have written is
// [store.ErrDamaged]; only Put and Delete replace it.
//
// # Errors
//
// [store.ErrUnavailable] is any failure of Redis: the caller goes on without the
// store. It is a [store.UnavailableError] with its kind, for example that Redis is full. A kind
// that lasts is in the log once when it begins and once when it ends, and meanwhile the
// store's method Outages lists it; EvictionPolicy says whether Redis drops values early.
// Each call takes [Options.Timeout] at most, and after three calls in a row
// without an answer the following ones fail at once, except for one in every
// [Options.RetryAfter] that tries again. If the caller's own context ends first,
// the error is the context's and says nothing about Redis. A write is sent once: if
// its answer is lost, the outcome is unknown and the error is ErrUnavailable.
//
// # Security
//
// Values are stored as they come: callers seal what must not be read by anyone with
// access to the Redis. No error, log line or formatted store contains a password, a
// value, or anything else that Redis quotes in its own errors.
//
// # Concurrency
//
// Stores are safe for concurrent use, by all replicas of a server. Values given and
// returned are copies.
package redis
