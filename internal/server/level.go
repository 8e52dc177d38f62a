package server

import (
	"context"
	"io"
	"log/slog"

	"github.com/flowserver/flowserver/internal/config"
)

// NewAdjustableLogger is [NewLogger] with a level that can be changed later: see
// [Options.Level].
func NewAdjustableLogger(cfg config.Log, w io.Writer, terminal *HumanLog) (*slog.Logger, *slog.LevelVar) {
	level := new(slog.LevelVar)
	setLevel(level, cfg.Level)
	cfg.Level = "debug" // whatever may be asked for later
	return slog.New(leveledHandler{NewLogger(cfg, w, terminal).Handler(), level}), level
}

func setLevel(level *slog.LevelVar, name string) {
	if err := level.UnmarshalText([]byte(name)); err != nil {
		level.Set(slog.LevelInfo) // config has checked it; an empty one means this
	}
}

// leveledHandler lets through what is at its level or above.
type leveledHandler struct {
	slog.Handler
	level slog.Leveler
}

func (h leveledHandler) Enabled(_ context.Context, level slog.Level) bool {
	return level >= h.level.Level()
}

func (h leveledHandler) WithAttrs(attrs []slog.Attr) slog.Handler {
	return leveledHandler{h.Handler.WithAttrs(attrs), h.level}
}

func (h leveledHandler) WithGroup(name string) slog.Handler {
	return leveledHandler{h.Handler.WithGroup(name), h.level}
}
