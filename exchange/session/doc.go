// Package session keeps what a user has entered so far, per flow token, in a
// store that all replicas share.
//
// Most callers need [New] with the type of their session, [Sessions.Update] in the
// handlers that change it, and [Sessions.Load] in those that only read it:
//
//	type cart struct {
//		Items []string `json:"items"`
//	}
//	carts, err := session.New[cart](s, session.Config{Flow: "shop"})
//	…
//	c, err := carts.Update(ctx, req.FlowToken, func(c *cart) error {
//		c.Items = append(c.Items, req.Data.Item)
//		return nil
//	})
//
// A session begins with the first Update, from the zero value of its type, and
// ends with Delete, or after [Config].TTL without an Update. Package store has
// stores.
//
// # Errors
//
// [ErrNoSession] means that the request has no token to keep a session under,
// [ErrConflict] that too many updates changed the session at the same time, and
// [ErrTooLarge] that it is larger than [Config].MaxSize. The errors of the store and of
// ctx can be found with errors.Is. After an error of the store, Update may have changed
// the session or not. No error contains a token or the content of a session.
//
// # Security
//
// The store receives a hash of the flow token (SHA-256) instead of the token, and the
// session as plain JSON: anyone who can read the store can read the sessions. Anyone who
// has a flow token has its session, so tokens must be unpredictable; package token mints
// such tokens.
//
// # Concurrency
//
// Sessions are safe for concurrent use, and so is one session: if two updates run at the
// same time, on any replicas, the second one works on the result of the first one.
package session
