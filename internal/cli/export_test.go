package cli

// Quoted is how a path stands in a command that the user can paste.
var Quoted = quoted
