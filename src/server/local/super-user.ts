import type { Identity } from '../../model/acl.ts';

export type Recognize = (identities: readonly Identity[]) => readonly Identity[];

/**
 * Recognizes the super user by ZooKeeper's rule (DigestAuthenticationProvider): whoever has proved the digest that the
 * configuration names, `user:base64(sha1(user:password))`, is `super` as well. Whatever door it was proved at: all of
 * them pass here.
 */
export function recognizer(superDigest: string | undefined): Recognize {
  if (superDigest === undefined) return (identities) => identities;
  return (identities) => {
    const isSuper = identities.some(({ scheme, id }) => scheme === 'digest' && id === superDigest);
    return isSuper ? [...identities, { scheme: 'super', id: '' }] : identities;
  };
}
