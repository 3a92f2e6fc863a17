# The sample's services, its simulators, the console and the `waybill` command in one image, as compiled JavaScript.
# Which of them runs is the command's choice; without one it is the service of the build argument SERVICE.
# Works with BuildKit and with the classic builder alike.

# The manifests alone, so that a change of a source does not install everything anew.
FROM node:24-bookworm-slim AS manifests
WORKDIR /manifests
COPY . /sources
RUN cd /sources \
 && cp --parents package.json package-lock.json .npmrc packages/*/package.json services/*/package.json \
      examples/*/package.json schemas/package.json infra/package.json /manifests

FROM node:24-bookworm-slim AS compiler
# Only known while building, and only where the one who builds has it set.
ARG NPM_CONFIG_REGISTRY
WORKDIR /compiler
COPY --from=manifests /manifests ./
# Not `npm ci`, for the reason that infra/local/install-packages.ts gives; the versions are those of the lock file.
RUN npm install --no-save --ignore-scripts --no-audit --no-fund

# The console's pages, which its server hands out as they are.
FROM compiler AS pages
COPY . ./
RUN npm run build --workspace @waybill/console

# What runs needs: no development dependency, and no PostgreSQL, which the local environment alone brings along.
FROM node:24-bookworm-slim AS dependencies
ARG NPM_CONFIG_REGISTRY
WORKDIR /app
COPY --from=manifests /manifests ./
RUN npm install --no-save --omit=dev --omit=optional --ignore-scripts --no-audit --no-fund \
      --workspace @waybill/cli \
      --workspace @waybill/orders --workspace @waybill/payments --workspace @waybill/inventory \
      --workspace @waybill/shipping --workspace @waybill/notifications --workspace @waybill/console \
      --workspace @waybill/payment-provider --workspace @waybill/mail-sink

# The same tree with JavaScript in the place of TypeScript, and manifests that say so.
FROM dependencies AS build
COPY --from=compiler /compiler/node_modules /compiler/node_modules
COPY . ./
RUN node /compiler/node_modules/typescript/bin/tsc --project infra/docker/tsconfig.image.json --outDir /compiled \
 && node infra/docker/compiled-manifests.ts /app /compiled

FROM node:24-bookworm-slim
ARG SERVICE=orders
ENV NODE_ENV=production NODE_OPTIONS=--enable-source-maps SERVICE=$SERVICE HTTP_HOST=0.0.0.0 HTTP_PORT=8080
WORKDIR /app
COPY --from=dependencies /app/node_modules ./node_modules
COPY --from=build /compiled ./
COPY --from=pages /compiler/services/console/dist ./services/console/dist
USER node
EXPOSE 8080
HEALTHCHECK --interval=5s --timeout=5s --start-period=30s --retries=6 \
  CMD ["node", "infra/docker/health.js"]
CMD ["sh", "-c", "exec node --import @waybill/telemetry/register services/$SERVICE/src/main.js"]
