# yamlift and the git that it calls; everything else is left to what it runs in.
#   docker build -t yamlift .
#   docker run --rm --user "$(id -u):$(id -g)" -v "$PWD:/work" yamlift migrate --to istio@1.27
FROM rust:1.89-alpine3.22 AS build
# A C compiler for crates with C in them; Alpine's libc is musl, so what is built is static.
# hadolint ignore=DL3018
RUN apk add --no-cache build-base
WORKDIR /src
# What .dockerignore lets through: the sources and what is embedded.
COPY . .
# The caches outlive the layer; the binary is copied out of them.
RUN --mount=type=cache,target=/usr/local/cargo/registry --mount=type=cache,target=/src/target \
    CARGO_PROFILE_RELEASE_STRIP=symbols cargo build --release --locked \
    && cp target/release/yamlift /usr/local/bin/yamlift

FROM alpine:3.22
# Versions are those of the Alpine release above, which mends them.
# openssh-client: remotes over SSH. The mounted repository is somebody else's, which git refuses unless told not to; system-wide, since
# `--user` may be anybody.
# hadolint ignore=DL3018
RUN apk add --no-cache ca-certificates git openssh-client \
    && git config --system --add safe.directory '*' \
    && adduser -D -u 65532 yamlift
COPY --from=build /usr/local/bin/yamlift /usr/local/bin/yamlift
# A number: Kubernetes cannot tell from a name that it is not root.
USER 65532:65532
# For a user without an entry, whose home is / otherwise.
ENV HOME=/tmp
WORKDIR /work
ENTRYPOINT ["yamlift"]
CMD ["--help"]
