# syntax=docker/dockerfile:1
FROM rust:1.95-bookworm AS build
WORKDIR /src
COPY . .
RUN cp "$(docker/build | tail -n 1)" /timetwin && mkdir /data

FROM scratch
COPY --from=build /timetwin /timetwin
# Licences of the fonts inside.
COPY NOTICE /NOTICE
# A folder for --state, owned by the user; the rest of the file system may be read-only.
COPY --from=build --chown=65532:65532 /data /data
USER 65532:65532
WORKDIR /data
VOLUME /data
ENV TIMETWIN_LISTEN=0.0.0.0:8463
EXPOSE 8463
HEALTHCHECK --interval=5s --timeout=2s --start-period=5s --start-interval=1s --retries=3 CMD ["/timetwin", "healthcheck"]
ENTRYPOINT ["/timetwin"]
CMD ["serve"]
