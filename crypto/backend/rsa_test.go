//go:build !openssl

package backend_test

// named is what Status.Name can be.
const named = `^(crypto/rsa|multirsa)$`
