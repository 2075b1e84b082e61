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
  0x0bd00bd0, // Lustre
  0x47504653, // GPFS
  0x19830326, // BeeGFS
  0x00c36400, // CephFS
  0xaad7aaea, // PanFS
]);

/**
 * Whether a folder is on a network share; false if this cannot be determined. `setJournalMode` verifies the journal mode in
 * any case.
 */
export function isOnNetworkShare(folder: string, typeOf = (path: string): number => statfsSync(path).type): boolean {
  try {
    // On Windows, a mapped drive letter becomes \\server\share.
    const real = realpathSync.native(folder);
    if (process.platform === 'win32') return /^\\\\(?![?.]\\)|^\\\\\?\\UNC\\/.test(real);
    return NETWORK_TYPES.has(typeOf(real) >>> 0);
  } catch {
    return false;
  }
}
