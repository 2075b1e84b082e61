/**
 * The desktop door: one window that shows results. It has never been run where this was written (Electron's binary
 * could not be fetched there); see README, "What was never run".
 */
import { app, BrowserWindow, dialog, Menu, protocol, session } from 'electron';
import { join } from 'node:path';
import { DEFAULT_MODEL } from '../services/choices.ts';
import { examineComputer } from '../services/doctor.ts';
import { sentenceOf } from '../../shared/errors.ts';
import { APP_ORIGIN, serveAppFile } from './app-protocol.ts';
import { startUtilityProcessEngine } from './utility-process-engine.ts';

// Models and programs lie outside the archive (README, "Packaging").
process.env['ADATOSK_MODELS'] ??= join(app.isPackaged ? process.resourcesPath : app.getAppPath(), 'models');

app.enableSandbox();
protocol.registerSchemesAsPrivileged([{ scheme: 'app', privileges: { standard: true, secure: true, supportFetchAPI: true } }]);
if (!app.requestSingleInstanceLock()) app.quit();

app.on('web-contents-created', (_event, contents) => {
  contents.on('will-navigate', (event) => event.preventDefault());
  contents.on('will-attach-webview', (event) => event.preventDefault());
  contents.setWindowOpenHandler(() => ({ action: 'deny' }));
});
app.on('second-instance', () => BrowserWindow.getAllWindows()[0]?.focus());
app.on('window-all-closed', () => app.quit());

void app.whenReady().then(() => {
  const development = process.env['ELECTRON_RENDERER_URL'];
  const files = join(import.meta.dirname, '../renderer');
  protocol.handle('app', (request) => serveAppFile(files, request.url));
  denyNetworkAndPermissions(development);
  Menu.setApplicationMenu(buildMenu());
  openWindow(development ?? `${APP_ORIGIN}/index.html`);
});

/** Nothing is fetched from anywhere, and no page gets a camera, a microphone or anything else that asks. */
function denyNetworkAndPermissions(development: string | undefined): void {
  session.defaultSession.setPermissionRequestHandler((_contents, _permission, decide) => decide(false));
  session.defaultSession.setPermissionCheckHandler(() => false);
  session.defaultSession.webRequest.onBeforeRequest((details, decide) => {
    const { protocol: scheme, host } = new URL(details.url);
    const ours = ['app:', 'blob:', 'data:', 'devtools:'].includes(scheme) || (development !== undefined && host === new URL(development).host);
    decide({ cancel: !ours });
  });
}

function openWindow(address: string): void {
  const window = new BrowserWindow({
    width: 1366,
    height: 768,
    minWidth: 900,
    minHeight: 560,
    show: false,
    webPreferences: { preload: join(import.meta.dirname, '../preload/index.cjs'), contextIsolation: true, nodeIntegration: false, sandbox: true },
  });
  window.once('ready-to-show', () => window.show());
  void window.loadURL(address);
}

function buildMenu(): Menu {
  return Menu.buildFromTemplate([
    ...(process.platform === 'darwin' ? [{ role: 'appMenu' as const }] : []),
    { role: 'fileMenu' },
    { role: 'editMenu' },
    { role: 'viewMenu' },
    { role: 'help', submenu: [{ label: 'Check this computer…', click: () => void showFindings() }] },
  ]);
}

/** The same examination as `adatosk doctor`, with engines as utility processes. */
async function showFindings(): Promise<void> {
  try {
    const { providers, models, ffmpeg } = await examineComputer(startUtilityProcessEngine, DEFAULT_MODEL);
    const lines = [
      `ffmpeg: ${ffmpeg.version ?? ffmpeg.origin}`,
      ...providers.map(({ name, available, reason }) => `${name}: ${available ? 'yes' : 'no'}, ${reason}`),
      ...models.map(({ id, note }) => `model ${id}: ${note}`),
    ];
    await dialog.showMessageBox({ type: 'info', message: 'This computer', detail: lines.join('\n') });
  } catch (error) {
    dialog.showErrorBox('This computer could not be examined', sentenceOf(error));
  }
}
