package cli

// Quoted returns a path as users can paste it into a command.
var Quoted = quoted
