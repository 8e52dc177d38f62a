# syntax=docker/dockerfile:1
# The image of flowserver, or of a program of your own that calls flowserver.Main:
#
#   docker build -t flowserver .
#   docker build -t diary --build-arg PACKAGE=./cmd/diary .
#
# Tags move. To pin an image, put its digest behind the tag:
#   docker buildx imagetools inspect golang:1.26-bookworm --format '{{.Manifest.Digest}}'
#   FROM golang:1.26-bookworm@sha256:…

# The compiler runs on the builder's own platform and builds for the target's.
FROM --platform=$BUILDPLATFORM golang:1.26-bookworm AS build
WORKDIR /src
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod go mod download
# .git comes along so that the binary knows its version; see .dockerignore.
COPY . .
ARG PACKAGE=./cmd/flowserver
# -buildvcs=false where git cannot be asked, as in a linked worktree
ARG GOFLAGS
ARG TARGETOS
ARG TARGETARCH
# Static: the final image has no C library.
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH \
    go build -trimpath -ldflags="-s -w" -o /out/flowserver "$PACKAGE"

# CA certificates, time zones and an empty /tmp; no shell, no package manager.
FROM gcr.io/distroless/static-debian12:nonroot
ARG VERSION=devel
ARG REVISION=unknown
LABEL org.opencontainers.image.title="flowserver" \
      org.opencontainers.image.description="The server behind WhatsApp Flows" \
      org.opencontainers.image.source="https://github.com/flowserver/flowserver" \
      org.opencontainers.image.documentation="https://github.com/flowserver/flowserver/blob/main/docs/operations.md" \
      org.opencontainers.image.licenses="MIT" \
      org.opencontainers.image.version="$VERSION" \
      org.opencontainers.image.revision="$REVISION"
COPY --from=build /out/flowserver /flowserver
# A number, so that Kubernetes can see that it is not root.
USER 65532:65532
# 8080 serves Flows. 9090 has health and metrics and must never be public; inside
# the container it is bound to the loopback unless FLOWSERVER_ADMIN says otherwise.
EXPOSE 8080 9090
# Readiness. Longer than a start that waits for a slow provider, and than a drain.
HEALTHCHECK --interval=10s --timeout=4s --start-period=30s --retries=3 CMD ["/flowserver", "health"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["/flowserver"]
CMD ["serve"]
