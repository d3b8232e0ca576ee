// The tree of znodes: children are asked for when a znode is opened, a page at a time.

const pageSize = 200;
const separator = '/';

export function parentOf(path) {
  const end = path.lastIndexOf(separator);
  return end <= 0 ? separator : path.slice(0, end);
}

function childOf(path, name) {
  return path === separator ? `/${name}` : `${path}/${name}`;
}

/** What stands in the page comes from whoever can write: it is set as text, never as markup. */
export class Tree {
  #root;
  #ask;
  #chosen;
  #items = new Map();

  /** `ask(op, fields)` as of a connection; `chosen(path)` when the user picks a znode. */
  constructor(root, { ask, chosen }) {
    this.#root = root;
    this.#ask = ask;
    this.#chosen = chosen;
    root.addEventListener('keydown', (event) => {
      this.#key(event);
    });
    root.append(this.#item(separator, separator));
    this.#select(separator);
  }

  /** After a new connection: what is open is asked for again. */
  async refresh() {
    const open = [...this.#items].filter(
      ([, item]) => item.getAttribute('aria-expanded') === 'true',
    );
    if (open.length === 0) await this.open(separator);
    for (const [path] of open) await this.open(path);
  }

  async open(path) {
    const item = this.#items.get(path);
    if (item === undefined) return;
    item.setAttribute('aria-expanded', 'true');
    this.#twist(item);
    const group = item.querySelector(':scope > ul');
    try {
      await this.#page(path, group, undefined);
    } catch (error) {
      // Without a code the connection broke: it is asked for again.
      if (error.code !== undefined) this.#bar(path, group, error);
    }
  }

  has(path) {
    return this.#items.has(path);
  }

  /** Nothing is shown that somebody else was shown. */
  forget() {
    this.close(separator);
    this.#select(separator);
  }

  /** Shows a znode that may stand in no list, below what is above it, and chooses it. */
  reveal(path) {
    let above = separator;
    for (const name of path.split(separator).filter((each) => each !== '')) {
      const child = childOf(above, name);
      if (!this.#items.has(child)) this.#hang(child, name, this.#items.get(above));
      above = child;
    }
    this.choose(above);
  }

  #hang(path, name, parent) {
    parent.setAttribute('aria-expanded', 'true');
    this.#twist(parent);
    const group = parent.querySelector(':scope > ul');
    const items = [...group.children];
    const next = items.find(
      ({ dataset, className }) => className === 'more' || dataset.path > path,
    );
    group.insertBefore(this.#item(path, name), next ?? null);
  }

  /** In place of what may not be listed, why. */
  #bar(path, group, { code, message }) {
    this.#forgetBelow(path);
    const note = document.createElement('li');
    note.className = 'barred';
    note.setAttribute('role', 'none');
    note.textContent = code === 'NOAUTH' ? `You may not see what is below. ${message}` : message;
    group.replaceChildren(note);
  }

  close(path) {
    const item = this.#items.get(path);
    if (item === undefined) return;
    item.setAttribute('aria-expanded', 'false');
    this.#twist(item);
    this.#forgetBelow(path);
    item.querySelector(':scope > ul').replaceChildren();
  }

  choose(path) {
    this.#select(path);
    this.#chosen(path);
  }

  #select(path) {
    for (const item of this.#items.values()) {
      const isChosen = item.dataset.path === path;
      item.setAttribute('aria-selected', String(isChosen));
      item.tabIndex = isChosen ? 0 : -1;
    }
  }

  /** A znode came, changed or went. */
  changed(type, path) {
    const item = this.#items.get(path);
    if (type === 'deleted') {
      this.#forgetBelow(path);
      this.#items.delete(path);
      item?.remove();
      return;
    }
    if (type === 'created' && item === undefined) this.#insert(path);
    const shown = this.#items.get(path);
    shown?.classList.remove('fresh');
    // The animation begins anew.
    void shown?.offsetWidth;
    shown?.classList.add('fresh');
  }

  #insert(path) {
    const parent = this.#items.get(parentOf(path));
    if (parent?.getAttribute('aria-expanded') !== 'true') return;
    const group = parent.querySelector(':scope > ul');
    const items = [...group.querySelectorAll(':scope > [role="treeitem"]')];
    const next = items.find(({ dataset }) => dataset.path > path);
    const more = group.querySelector(':scope > .more');
    // It comes with the page that it belongs to.
    if (next === undefined && more !== null) return;
    const name = path.slice(path.lastIndexOf(separator) + 1);
    group.insertBefore(this.#item(path, name), next ?? null);
  }

  async #page(path, group, token) {
    const fields = { path, limit: pageSize, consistency: 'local' };
    const page = await this.#ask(
      'children',
      token === undefined ? fields : { ...fields, continue: token },
    );
    if (token === undefined) {
      const kept = new Set(page.children.map((name) => childOf(path, name)));
      for (const item of [...group.children]) {
        if (kept.has(item.dataset.path)) continue;
        this.#forgetBelow(item.dataset.path ?? '');
        this.#items.delete(item.dataset.path);
        item.remove();
      }
    }
    for (const name of page.children) {
      const child = childOf(path, name);
      const known = this.#items.get(child);
      group.append(known ?? this.#item(child, name));
    }
    if (page.continue !== null) group.append(this.#more(path, group, page.continue));
  }

  #more(path, group, token) {
    const item = document.createElement('li');
    item.className = 'more';
    item.setAttribute('role', 'none');
    const button = document.createElement('button');
    button.type = 'button';
    button.textContent = 'More…';
    button.addEventListener('click', () => {
      item.remove();
      void this.#page(path, group, token);
    });
    item.append(button);
    return item;
  }

  #item(path, name) {
    const item = document.createElement('li');
    item.setAttribute('role', 'treeitem');
    item.setAttribute('aria-expanded', 'false');
    item.setAttribute('aria-selected', 'false');
    item.setAttribute('aria-label', name);
    item.dataset.path = path;
    item.tabIndex = -1;
    const row = document.createElement('div');
    row.className = 'row';
    const twist = document.createElement('span');
    twist.className = 'twist';
    twist.setAttribute('aria-hidden', 'true');
    twist.textContent = '▸';
    twist.addEventListener('click', () => {
      this.#toggle(item);
    });
    const label = document.createElement('span');
    label.className = 'name';
    label.textContent = name;
    label.addEventListener('click', () => {
      this.choose(path);
      if (item.getAttribute('aria-expanded') === 'false') this.#toggle(item);
    });
    row.append(twist, label);
    const group = document.createElement('ul');
    group.setAttribute('role', 'group');
    item.append(row, group);
    this.#items.set(path, item);
    return item;
  }

  #toggle(item) {
    const { path } = item.dataset;
    if (item.getAttribute('aria-expanded') === 'true') this.close(path);
    else void this.open(path);
  }

  #twist(item) {
    const isOpen = item.getAttribute('aria-expanded') === 'true';
    item.querySelector(':scope > .row > .twist').textContent = isOpen ? '▾' : '▸';
  }

  #forgetBelow(path) {
    const start = path === separator ? separator : `${path}/`;
    for (const known of [...this.#items.keys()]) {
      if (known !== path && known.startsWith(start)) this.#items.delete(known);
    }
  }

  /** The keys of a tree, as the ARIA authoring practices have them. */
  #key(event) {
    const item = event.target.closest?.('[role="treeitem"]');
    if (item === null || item === undefined || event.target !== item) return;
    const all = [...this.#root.querySelectorAll('[role="treeitem"]')];
    const at = all.indexOf(item);
    const isOpen = item.getAttribute('aria-expanded') === 'true';
    const move = (to) => {
      if (to === null || to === undefined) return;
      this.choose(to.dataset.path);
      to.focus();
    };
    const actions = {
      ArrowDown: () => move(all[at + 1]),
      ArrowUp: () => move(all[at - 1]),
      Home: () => move(all[0]),
      End: () => move(all.at(-1)),
      ArrowRight: () =>
        isOpen ? move(item.querySelector('[role="treeitem"]')) : this.#toggle(item),
      ArrowLeft: () =>
        isOpen ? this.#toggle(item) : move(item.parentElement.closest('[role="treeitem"]')),
      Enter: () => this.#toggle(item),
    };
    const action = actions[event.key];
    if (action === undefined) return;
    event.preventDefault();
    action();
  }
}
