// Package config reads the configuration of a flowserver: one YAML file, or the
// built-in one that is made of FLOWSERVER_ variables alone.
//
// Most callers need [Load] or [Builtin], then [Config.Warnings]:
//
//	cfg, err := config.Load("flowserver.yaml", os.LookupEnv)
//	if err != nil {
//		return err // every problem, one a line, each with its place and remedy
//	}
//	for _, w := range cfg.Warnings() {
//		logger.Warn("configuration", slog.String("path", w.Path), slog.String("warning", w.Text))
//	}
//
// # The file
//
// Keys are those of [Config]. A value may hold ${VAR}, which must then be set, or
// ${VAR:-default}, where an unset or empty variable means the default; $$ writes a
// dollar. Variables are put in after the file has been parsed, so what they hold
// can never add to the file or break it. A value that is plain, that is without
// quotes, gets its type after that: require_valid_key: ${X:-false} is a boolean.
// An empty value counts as one that is not given. Anchors, aliases, tags and merge
// keys are refused, and so is everything that the schema does not know.
//
// Relative paths start at the folder of the file, and at the working directory
// for the built-in one. Files that hold a secret are read here, files that hold a
// private key, a certificate or a Flow JSON are only looked for.
//
// # Errors
//
// [Load] and [Builtin] return a [problem.List] of every problem of the file, in its
// order.
//
// # Security
//
// Secrets are of type [Secret], which prints as [redacted] whatever it is printed
// with. No value of the file, of a variable or of a secret file is part of any
// problem's text; paths, lines, the names of keys and of variables are.
//
// # Concurrency
//
// Functions may be called at the same time. A [Config] belongs to its caller: it
// may be read by several goroutines as long as none writes to it.
package config
