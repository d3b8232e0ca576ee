/** Gives the blocks of a PEM text that bear this label, each with its frame, in their order. */
export function pemBlocks(text: string, label: string): string[] {
  const begin = `-----BEGIN ${label}-----`;
  const end = `-----END ${label}-----`;
  const blocks: string[] = [];
  for (let at = text.indexOf(begin); at !== -1;) {
    const close = text.indexOf(end, at);
    if (close === -1) break;
    blocks.push(`${text.slice(at, close + end.length)}\n`);
    at = text.indexOf(begin, close);
  }
  return blocks;
}
