// Original file: proto/quoll/v1/znode.proto


/**
 * One entry of an access control list.
 */
export interface AclEntry {
  /**
   * A sum of ZooKeeper's bits: 1 read, 2 write, 4 create, 8 delete, 16 admin.
   */
  'permissions'?: (number);
  /**
   * `world`, `auth`, `digest` or `ip`.
   */
  'scheme'?: (string);
  /**
   * As the scheme has it: `anyone`, nothing, `user:base64(sha1(user:password))`, an address with or without a mask.
   */
  'id'?: (string);
}

/**
 * One entry of an access control list.
 */
export interface AclEntry__Output {
  /**
   * A sum of ZooKeeper's bits: 1 read, 2 write, 4 create, 8 delete, 16 admin.
   */
  'permissions': (number);
  /**
   * `world`, `auth`, `digest` or `ip`.
   */
  'scheme': (string);
  /**
   * As the scheme has it: `anyone`, nothing, `user:base64(sha1(user:password))`, an address with or without a mask.
   */
  'id': (string);
}
