import { realpathSync, statfsSync } from 'node:fs';

/** File system types (statfs) whose locks are not reliable enough for a write-ahead log of SQLite. */
const NETWORK_TYPES = new Set([
  0x6969, // NFS
  0x517b, // SMB
  0xff534d42, // CIFS
  0xfe534d42, // SMB2
  0x65735546, // FUSE: sshfs, rclone, many cloud drives
  0x01021997, // 9P
  0x5346414f, // AFS
]);

/**
 * Whether a folder is on a network share; false if this cannot be determined. `setJournalMode` verifies the journal mode in
 * any case.
 */
export function isOnNetworkShare(folder: string): boolean {
  try {
    // On Windows, a mapped drive letter becomes \\server\share.
    const real = realpathSync.native(folder);
    if (process.platform === 'win32') return /^\\\\(?![?.]\\)|^\\\\\?\\UNC\\/.test(real);
    return NETWORK_TYPES.has(Number(statfsSync(real).type) >>> 0);
  } catch {
    return false;
  }
}
