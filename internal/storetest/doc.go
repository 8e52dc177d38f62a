// Package storetest is for tests: [Run] says what every [store.Store] must do,
// and [StartRedis] starts a real Redis that can be killed, restarted and paused.
package storetest
