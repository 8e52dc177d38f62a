// Package providertest is the suite that every adapter of package providers must
// pass, over real HTTP against package standin.
//
// Most callers need [Run].
package providertest
