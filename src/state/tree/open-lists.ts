/** Who reads the children of a znode bit by bit. */
export interface OpenList {
  /** Called before a child goes, with its id. */
  willGo(id: number): void;
}

/** The lists that are being read, by the znode whose children they list. As a rule there are none. */
export class OpenLists {
  readonly #lists = new Map<number, Set<OpenList>>();

  open(parent: number, list: OpenList): void {
    const lists = this.#lists.get(parent);
    if (lists === undefined) this.#lists.set(parent, new Set([list]));
    else lists.add(list);
  }

  close(parent: number, list: OpenList): void {
    const lists = this.#lists.get(parent);
    lists?.delete(list);
    if (lists?.size === 0) this.#lists.delete(parent);
  }

  willGo(parent: number, id: number): void {
    if (this.#lists.size === 0) return;
    for (const list of this.#lists.get(parent) ?? []) list.willGo(id);
  }
}
