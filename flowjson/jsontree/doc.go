// Package jsontree reads JSON into a tree of nodes that keep their places in the
// file: line, column, JSON pointer, and the path as Meta's validation errors write it.
// Objects keep the order of their keys, and keys that occur twice.
//
// It knows nothing of Flow JSON.
package jsontree
