# syntax=docker/dockerfile:1
# The image of flowserver, or of your own program that calls flowserver.Main:
#
#   docker build -t flowserver .
#   docker build -t diary --build-arg PACKAGE=./cmd/diary .
#   docker build -t flowserver --build-arg BACKEND=openssl .
#
# Tags move. To pin an image, add its digest after the tag:
#   docker buildx imagetools inspect golang:1.26-bookworm --format '{{.Manifest.Digest}}'
#   FROM golang:1.26-bookworm@sha256:…

# What computes RSA: Go's crypto/rsa, or openssl. Stages of the other are not built.
ARG BACKEND=rsa
# What is built, and -buildvcs=false where git cannot be asked, as in a linked worktree.
ARG PACKAGE=./cmd/flowserver
ARG GOFLAGS

# crypto/rsa: the compiler runs on the builder's own platform and builds for the
# target's. Static: the final image has no C library.
FROM --platform=$BUILDPLATFORM golang:1.26-bookworm AS build-rsa
WORKDIR /src
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod go mod download
# .git is copied so that the binary contains its version; see .dockerignore.
COPY . .
ARG PACKAGE
ARG GOFLAGS
ARG TARGETOS
ARG TARGETARCH
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    CGO_ENABLED=0 GOOS=$TARGETOS GOARCH=$TARGETARCH \
    go build -trimpath -ldflags="-s -w" -o /out/flowserver "$PACKAGE"

# OpenSSL: the C compiler runs on the target's platform, emulated if necessary.
FROM golang:1.26-bookworm AS build-openssl
RUN apt-get update && apt-get install -y --no-install-recommends libssl-dev && rm -rf /var/lib/apt/lists/*
WORKDIR /src
COPY go.mod go.sum ./
RUN --mount=type=cache,target=/go/pkg/mod go mod download
COPY . .
ARG PACKAGE
ARG GOFLAGS
RUN --mount=type=cache,target=/go/pkg/mod --mount=type=cache,target=/root/.cache/go-build \
    CGO_ENABLED=1 \
    go build -tags openssl -trimpath -ldflags="-s -w" -o /out/flowserver "$PACKAGE"

FROM build-$BACKEND AS build

# CA certificates, time zones and an empty /tmp; no shell, no package manager. The
# second has glibc and libssl3 as well, of the same Debian as the compiler's image.
FROM gcr.io/distroless/static-debian12:nonroot AS base-rsa
FROM gcr.io/distroless/base-debian12:nonroot AS base-openssl

FROM base-$BACKEND
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
# Liveness, since some orchestrators restart unhealthy containers: readiness depends on
# the registered key, which no restart can change. FLOWSERVER_ADMIN is the address.
HEALTHCHECK --interval=10s --timeout=4s --start-period=30s --retries=3 CMD ["/flowserver", "health", "--live"]
STOPSIGNAL SIGTERM
ENTRYPOINT ["/flowserver"]
CMD ["serve"]
