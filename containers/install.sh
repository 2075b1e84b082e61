#!/bin/sh
# Installs the program into /opt/adatosk from a copy of the repository there, with the built window and without what only its
# developers need. Both recipes run it. Needs npm and a network connection; the result needs neither.
set -eu
cd /opt/adatosk
npm ci --no-audit --no-fund
PATH="$PWD/node_modules/.bin:$PATH" npx electron-vite build --logLevel warn
if [ "${CUDA:-no}" = yes ]; then npm run setup:cuda || [ -f node_modules/onnxruntime-node/bin/napi-v6/linux/x64/libonnxruntime_providers_cuda.so ]; fi
npm prune --omit=dev --no-audit --no-fund
rm -rf /root/.npm /root/.cache
cat > /usr/local/bin/adatosk <<'END'
#!/bin/sh
exec /opt/adatosk/node_modules/node/bin/node /opt/adatosk/bin/adatosk.js --no-install "$@"
END
chmod 755 /usr/local/bin/adatosk
