/**
 * What the window knows of the desktop: that it is one. The window reads results that the person chose through the
 * browser's own file input, so that it needs no bridge to the disk.
 */
import { contextBridge } from 'electron';

contextBridge.exposeInMainWorld('studio', { door: 'desktop' });
