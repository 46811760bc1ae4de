# What the three daemons' images share: Node, packages, libraries, command line. `npm run images` prepares the build
# context from packages and compiled sources: nothing here needs a network.
ARG BASE=node:24-bookworm-slim
FROM ${BASE}
WORKDIR /app
COPY node_modules node_modules
COPY libs libs
COPY apps apps
COPY package.json health.mjs ./
COPY tercet /usr/local/bin/tercet
RUN mkdir -m 0700 /data && chown 1000:1000 /data
# Everything that is written goes to /data, temporary files too, so that the root file system can be read-only.
ENV NODE_ENV=production HOME=/data TERCET_DATA_DIR=/data TMPDIR=/data SQLITE_TMPDIR=/data
# 16 MB twice for what is young: V8 would take up to 64 MB twice, and isn't faster for it (docs/performance.md).
ENV NODE_OPTIONS=--max-semi-space-size=16
USER 1000:1000
VOLUME /data
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=10s --timeout=5s --start-period=60s --retries=3 CMD ["node", "/app/health.mjs"]
# The daemon is process 1 and hears SIGTERM itself.
ENTRYPOINT []
CMD ["node", "/app/daemon/dist/main.js"]
