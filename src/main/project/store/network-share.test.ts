import { tmpdir } from 'node:os';
import { expect, test } from 'vitest';
import { isOnNetworkShare } from './network-share.ts';

/** Types as statfs(2) and the file systems' own headers name them; some are negative as a signed number. */
test.each([
  ['NFS', 0x6969, true],
  ['SMB2', 0xfe534d42, true],
  ['SMB2, signed', 0xfe534d42 | 0, true],
  ['Lustre', 0x0bd00bd0, true],
  ['GPFS', 0x47504653, true],
  ['BeeGFS', 0x19830326, true],
  ['CephFS', 0x00c36400, true],
  ['ext4', 0xef53, false],
  ['XFS', 0x58465342, false],
  ['tmpfs', 0x01021994, false],
])('%s', (_, type, expected) => {
  expect(isOnNetworkShare(tmpdir(), () => type)).toBe(expected);
});

test('a folder whose file system is not known counts as local', () => {
  expect(
    isOnNetworkShare(tmpdir(), () => {
      throw new Error('ENOSYS');
    }),
  ).toBe(false);
});
