package server

import (
	"log/slog"
	"net/http"

	"github.com/flowserver/flowserver/exchange/media"
)

// localMedia lets handlers fetch media from the fake CDN that a program on this machine
// names in [media.OriginHeader]. It does nothing unless the options say so.
func (s *Server) localMedia(h http.Handler) http.Handler {
	if !s.options.LocalMedia {
		return h
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if origin := r.Header.Get(media.OriginHeader); origin != "" && s.fromThisMachine(r) {
			ctx, err := media.WithOrigin(r.Context(), origin)
			if err != nil {
				s.log.Warn("the media of a request cannot be fetched", slog.Any("error", err))
			}
			r = r.WithContext(ctx)
		}
		h.ServeHTTP(w, r)
	})
}
