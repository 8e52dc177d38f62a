package upstream

// Request is what is posted, for tests.
type Request = request
