/**
 * The desktop host. It was never run in real Electron during development, because the binary was not available. The tests run
 * its built files with a stand-in for Electron's modules (desktop.integration.test.ts). See README, "Limits".
 */
import { ignoreAbortedBodies } from '../../process/aborted-bodies.ts';
import { deleteLeftFolders } from '../../process/private-files.ts';
import { app, BrowserWindow, dialog, Menu, protocol, session } from 'electron';
import { basename, dirname, join } from 'node:path';
import { sentenceOf } from '../../../shared/app/errors.ts';
import { logFatalFaults, logProblem } from '../../services/diagnostics/problem-log.ts';
import { Studio } from '../../services/studio/studio.ts';
import { APP_ORIGIN, serveAppRequest } from './app-protocol.ts';
import { connectWindows } from './connection.ts';
import { buildMenu } from './menu.ts';
import { startUtilityProcessQueue } from './utility-process-queue.ts';
import { startUtilityProcess } from './utility-process.ts';
import { openWindow } from './window.ts';

// Models and programs are outside the archive (docs/developer/releasing.md).
const outside = app.isPackaged ? process.resourcesPath : app.getAppPath();
process.env['ADATOSK_MODELS'] ??= join(outside, 'models');
process.env['ADATOSK_SAMPLES'] ??= join(outside, 'samples');
// Inherited by every utility process; see src/main/adatosk/runtime/onnxruntime.ts.
process.env['ORT_DISABLE_TELEMETRY'] = '1';
process.env['ADATOSK_CONFIG'] ??= app.getPath('userData');

deleteLeftFolders();
logFatalFaults('desktop host');
ignoreAbortedBodies();

/** Address of the development server; undefined in a packaged program, which serves its own files. */
const development = app.isPackaged ? undefined : process.env['ELECTRON_RENDERER_URL'];
const studio = new Studio({
  host: 'desktop',
  startEngine: () => startUtilityProcess('engine-host.js', 'AdaTosk engine'),
  startQueue: startUtilityProcessQueue,
  startTrainer: () => startUtilityProcess('trainer-host.js', 'AdaTosk training'),
});

app.enableSandbox();
protocol.registerSchemesAsPrivileged([{ scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true, stream: true } }]);
// A second instance passes its arguments to the first one ('second-instance') and ends.
if (app.requestSingleInstanceLock()) start();
else app.quit();

function start(): void {
  app.on('web-contents-created', (_event, contents) => {
    contents.on('will-navigate', (event) => event.preventDefault());
    contents.on('will-frame-navigate', (event) => event.preventDefault());
    contents.on('will-redirect', (event) => event.preventDefault());
    contents.on('will-attach-webview', (event) => event.preventDefault());
    contents.setWindowOpenHandler(() => ({ action: 'deny' }));
    contents.on('render-process-gone', (_gone, { reason }) => {
      if (reason === 'clean-exit') return;
      logProblem('window', `its process ended: ${reason}`);
      // No data is lost: every edit is already in the database.
      if (!contents.isDestroyed()) contents.reload();
    });
  });
  // Engines, the queue and the trainer. One that was stopped is no problem.
  app.on('child-process-gone', (_event, { type, reason, exitCode, name }) => {
    if (reason !== 'clean-exit' && reason !== 'killed') logProblem('desktop host', `${name ?? type}: ${reason}, exit code ${exitCode}`);
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
    // Before the program ends, running jobs return to the queue and the project is closed.
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
    const origin = development === undefined ? APP_ORIGIN : new URL(development).origin;
    connectWindows(studio, origin, app.getLocale().startsWith('de') ? 'de' : 'en', (language) => Menu.setApplicationMenu(buildMenu(language)));
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

/** Blocks all network requests and denies all permissions, such as camera and microphone. */
function denyNetworkAndPermissions(): void {
  session.defaultSession.setPermissionRequestHandler((_contents, _permission, decide) => decide(false));
  session.defaultSession.setPermissionCheckHandler(() => false);
  session.defaultSession.webRequest.onBeforeRequest((details, decide) => {
    const { protocol: scheme, host } = new URL(details.url);
    const isAllowed = ['app:', 'blob:', 'data:', 'devtools:'].includes(scheme) || (development !== undefined && host === new URL(development).host);
    decide({ cancel: !isAllowed });
  });
}
