package main

import "context"

// row is one attack or fault.
type row struct {
	name  string // for -only
	title string // what is done
	goal  string
	run   func(context.Context, *Lab, *outcome) error
}

// rows lists all of them, in the order of docs/reliability.md.
func rows() []row {
	return []row{
		{"duplicates", "every envelope reaches two of three replicas at the same moment", "0 lost, 0 handled twice, 0 different answers", duplicates},
		{"resends", "every answered envelope is sent again to another replica", "0 lost, 0 handled twice, 0 different answers", resends},
		{"redis-stopped", "Redis is stopped (SIGSTOP) under load", "0 lost; announced, counted, and over when Redis is back", redisStopped},
		{"redis-killed", "Redis is killed and comes back empty", "0 lost; announced and counted", redisKilled},
		{"redis-full", "Redis refuses writes (maxmemory), on_store_failure: serve", "0 lost; announced, counted, shown by /healthz", redisFull},
		{"redis-full-refuse", "Redis refuses writes, on_store_failure: refuse", "0 handled twice: 503 until Redis takes writes again", redisFullRefuse},
		{"redis-password", "Redis wants a password that the server does not have", "0 lost; announced by kind, shown by /healthz", redisPassword},
		{"replica-killed", "a replica is killed (SIGKILL) under load", "0 lost with a retry; only what ran in it may run again, once", replicaKilled},
		{"replica-drained", "a replica gets SIGTERM under load, handlers take 300 ms", "0 lost with a retry, 0 handled twice", replicaDrained},
		{"eviction", "many large answers, in memory, while one handler is slow", "the slow envelope is never handled twice", eviction},
		{
			"held-bodies", "2,000 held bodies, 10,000 idle connections, one HTTP/2 connection with all its streams, GOMEMLIMIT=200MiB",
			"under 200 MB; every signed request served", heldBodies,
		},
		{"half-open", "9,500 connections with a header that never ends", "every signed request served; all closed by the header timeout", halfOpen},
		{"hang-ups", "3,000 clients send one envelope and hang up at a random byte", "handled once at most; no goroutine left", hangUps},
		{"flood", "60 connections of unsigned garbage at one flow", "every request of the signed flow served", flood},
		{"log-stalled", "nothing reads the log", "every request answered; lines dropped and counted", logStalled},
		{"strangers-log", "unsigned requests as fast as they go", "at most 10 lines a second and reason, then a summary", strangersLog},
		{"hung-upstream", "the upstream hangs, 300 envelopes a second", "bounded exchanges in flight; all served when it is back", hungUpstream},
		{"upstream-faults", "the upstream resets, never ends, redirects, answers 503 or HTML", "502; memory under 200 MB", upstreamFaults},
		{"provider-faults", "the provider's answer never ends", "ready; memory under 200 MB; no token in the log", providerFaults},
		{"overload", "three times what the server can open", "0 wrong; served again at once afterwards", overload},
		{"key-replaced", "the key file is replaced by another key under load", "0 lost: the replaced key still opens", keyReplaced},
		{"key-fifo", "the key file becomes a named pipe without a writer", "other files are still read; SIGTERM still ends the process", keyFIFO},
		{"torn-configuration", "a configuration cut in half, and SIGHUP", "the old configuration stays", tornConfiguration},
		{"reload-storm", "200 SIGHUPs under load, every third with a file cut off", "0 lost", reloadStorm},
		{"two-deployments", "two deployments share a Redis; one has a foreign key", "each verdict is its own", twoDeployments},
		{"one-foreign-number", "one of two numbers has a foreign key", "ready; the other flow is served", oneForeignNumber},
		{"provider-flaps", "the provider says now ours, now foreign, while requests are decrypted", "always ready, and so is a new replica", providerFlaps},
		{"poisoned-store", "values in Redis are replaced by garbage", "no panic, no foreign status, no foreign body", poisonedStore},
	}
}
