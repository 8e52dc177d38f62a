// Package providertest holds the suite that every adapter of package providers
// passes, over real HTTP against package standin.
//
// Most callers need [Run].
package providertest
