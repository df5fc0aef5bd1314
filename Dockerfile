# Two images around one static binary: `minimal` (the default) is the binary alone, `shell` adds one for those who wait by
# port, such as Testcontainers for Java does.
#
# BINARY says where the binary comes from:
#   built    it is built here, from the sources:  docker build -t timetwin .
#   release  it is copied, so that what is in the image is what was released: packages/build image
ARG BINARY=built
ARG SHELL_IMAGE=busybox:1.37-musl

FROM rust:1.95-bookworm AS built
WORKDIR /src
COPY . .
RUN cp "$(docker/build | tail -n 1)" /timetwin && mkdir /data && cp NOTICE /NOTICE

# The context of `release` holds amd64/timetwin, arm64/timetwin, NOTICE and the empty folder data.
FROM scratch AS release
ARG TARGETARCH
COPY ${TARGETARCH}/timetwin /timetwin
COPY NOTICE /NOTICE
COPY data /data

FROM ${BINARY} AS binary

FROM ${SHELL_IMAGE} AS shell
ARG VERSION=0.2.0
LABEL org.opencontainers.image.title="timetwin" \
      org.opencontainers.image.description="Answers like Clockify, Clockodo, Clockwork and Time Tracker for Jira; with a shell" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.licenses="MIT OR Apache-2.0"
COPY --from=binary /timetwin /timetwin
# Licences of the fonts inside.
COPY --from=binary /NOTICE /NOTICE
# A folder for --state, owned by the user; the rest of the file system may be read-only.
COPY --from=binary --chown=65532:65532 /data /data
USER 65532:65532
WORKDIR /data
VOLUME /data
ENV TIMETWIN_LISTEN=0.0.0.0:8463
EXPOSE 8463
HEALTHCHECK --interval=5s --timeout=2s --start-period=5s --retries=3 CMD ["/timetwin", "healthcheck"]
ENTRYPOINT ["/timetwin"]
CMD ["serve"]

# The same on nothing. Stages cannot share instructions without sharing files; .ci/images compares the two.
FROM scratch AS minimal
ARG VERSION=0.2.0
LABEL org.opencontainers.image.title="timetwin" \
      org.opencontainers.image.description="Answers like Clockify, Clockodo, Clockwork and Time Tracker for Jira" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.licenses="MIT OR Apache-2.0"
COPY --from=binary /timetwin /timetwin
COPY --from=binary /NOTICE /NOTICE
COPY --from=binary --chown=65532:65532 /data /data
USER 65532:65532
WORKDIR /data
VOLUME /data
ENV TIMETWIN_LISTEN=0.0.0.0:8463
EXPOSE 8463
HEALTHCHECK --interval=5s --timeout=2s --start-period=5s --retries=3 CMD ["/timetwin", "healthcheck"]
ENTRYPOINT ["/timetwin"]
CMD ["serve"]
