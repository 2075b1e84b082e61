/**
 * The desktop host. It has never been run where this was written (Electron's binary could not be fetched there); its
 * built files are run against a stand-in of Electron's modules (desktop.test.ts). See README, "Limits".
 */
import { app, BrowserWindow, dialog, Menu, protocol, session } from 'electron';
import { basename, dirname, join } from 'node:path';
import type { LanguageCode } from '../../../shared/app/action-texts.ts';
import { sentenceOf } from '../../../shared/app/errors.ts';
import { Studio } from '../../services/studio/studio.ts';
import { APP_ORIGIN, serveAppRequest } from './app-protocol.ts';
import { connectWindows } from './connection.ts';
import { buildMenu } from './menu.ts';
import { startUtilityProcessQueue } from './utility-process-queue.ts';
import { startUtilityProcess } from './utility-process.ts';
import { openWindow } from './window.ts';

// Models and programs lie outside the archive (docs/developer/releasing.md).
const outside = app.isPackaged ? process.resourcesPath : app.getAppPath();
process.env['ADATOSK_MODELS'] ??= join(outside, 'models');
process.env['ADATOSK_SAMPLES'] ??= join(outside, 'samples');
// Inherited by every utility process; see src/main/adatosk/runtime/onnxruntime.ts.
process.env['ORT_DISABLE_TELEMETRY'] = '1';
process.env['ADATOSK_CONFIG'] ??= app.getPath('userData');

/** Where the window's files come from in development; a packaged program has none but its own. */
const development = app.isPackaged ? undefined : process.env['ELECTRON_RENDERER_URL'];
const studio = new Studio({
  host: 'desktop',
  startEngine: () => startUtilityProcess('engine-host.js', 'AdaTosk engine'),
  startQueue: startUtilityProcessQueue,
  startTrainer: () => startUtilityProcess('trainer-host.js', 'AdaTosk training'),
});

app.enableSandbox();
protocol.registerSchemesAsPrivileged([{ scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true } }]);
// A second start only hands its arguments to the first one ('second-instance') and goes.
if (app.requestSingleInstanceLock()) start();
else app.quit();

function start(): void {
  app.on('web-contents-created', (_event, contents) => {
    contents.on('will-navigate', (event) => event.preventDefault());
    contents.on('will-attach-webview', (event) => event.preventDefault());
    contents.setWindowOpenHandler(() => ({ action: 'deny' }));
    contents.on('render-process-gone', (_gone, { reason }) => {
      // Nothing is lost: every edit is in the store already.
      if (reason !== 'clean-exit' && !contents.isDestroyed()) contents.reload();
    });
  });
  app.on('second-instance', (_event, argv) => {
    const [window] = BrowserWindow.getAllWindows();
    if (window?.isMinimized() === true) window.restore();
    window?.focus();
    void openFrom(argv);
  });
  app.on('open-file', (event, path) => {
    event.preventDefault();
    void app.whenReady().then(() => openFrom([path]));
  });
  app.on('window-all-closed', () => app.quit());
  let isClosed = false;
  app.on('before-quit', (event) => {
    if (isClosed) return;
    // What runs is put back into the queue and the store is closed before the program goes.
    event.preventDefault();
    void studio.close().finally(() => {
      isClosed = true;
      app.quit();
    });
  });

  void app.whenReady().then(async () => {
    const files = join(import.meta.dirname, '../renderer');
    protocol.handle('app', (request) => serveAppRequest(studio, files, request));
    denyNetworkAndPermissions();
    const setMenu = (language: LanguageCode): void => Menu.setApplicationMenu(buildMenu(language));
    setMenu(app.getLocale().startsWith('de') ? 'de' : 'en');
    connectWindows(studio, development === undefined ? APP_ORIGIN : new URL(development).origin, setMenu);
    await openFrom(process.argv.slice(1));
    openWindow(development ?? `${APP_ORIGIN}/index.html`);
  });
}

/** Opens the project whose file was double-clicked. */
async function openFrom(argv: readonly string[]): Promise<void> {
  const file = argv.find((argument) => basename(argument).endsWith('.adatosk'));
  if (file === undefined) return;
  await studio.openProject(dirname(file), false).catch((error: unknown) => dialog.showErrorBox('This project could not be opened', sentenceOf(error)));
}

/** Nothing is fetched from anywhere, and no page gets a camera, a microphone or anything else that asks. */
function denyNetworkAndPermissions(): void {
  session.defaultSession.setPermissionRequestHandler((_contents, _permission, decide) => decide(false));
  session.defaultSession.setPermissionCheckHandler(() => false);
  session.defaultSession.webRequest.onBeforeRequest((details, decide) => {
    const { protocol: scheme, host } = new URL(details.url);
    const ours = ['app:', 'blob:', 'data:', 'devtools:'].includes(scheme) || (development !== undefined && host === new URL(development).host);
    decide({ cancel: !ours });
  });
}
