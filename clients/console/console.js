import { Connection } from './connection.js';
import { Live } from './live.js';
import { Login } from './login.js';
import { standingOf, wordsOf } from './members.js';
import { Tree, parentOf } from './tree.js';

// Shows what the public API says, and nothing else: every text is set as text.

const changesShown = 100;
const clusterEveryMs = 5_000;
const dataShown = 100_000;

const element = (id) => document.getElementById(id);

let chosenPath = '/';

const tree = new Tree(element('tree'), {
  ask: (op, fields) => connection.ask(op, fields),
  chosen: (path) => {
    chosenPath = path;
    void showZnode();
  },
});

const connection = new Connection({
  opened: () => {
    const status = element('connection');
    status.textContent = connection.isElsewhere
      ? `Live at ${new URL(connection.base).host}`
      : 'Live';
    status.classList.add('live');
    void begin();
    void showCluster();
  },
  refused: (reason) => {
    login.refused(reason);
  },
  closed: () => {
    const status = element('connection');
    status.textContent = 'Disconnected; trying again…';
    status.classList.remove('live');
    showElsewhere(true);
  },
});

const live = new Live(connection, {
  event: (event) => {
    take(event);
  },
  lost: () => {
    // Changes are missing: all is asked for anew.
    void look(true);
  },
  told: (words) => {
    const shown = element('live');
    // Said once, and not at every look.
    if (shown.textContent !== words) shown.textContent = words;
  },
});

const login = new Login(
  { dialog: element('login'), button: element('sign'), who: element('who') },
  (authorization) => {
    // Nothing stays that somebody else might see.
    tree.forget();
    element('changes').replaceChildren();
    chosenPath = '/';
    showNothing('');
    connection.signIn(authorization);
  },
);

element('go').addEventListener('submit', (event) => {
  event.preventDefault();
  void goTo(event.target.elements.path.value.trim());
});

/** Also to where one comes by no list: what is above may not be listed by everybody. */
async function goTo(path) {
  try {
    await connection.ask('exists', { path, consistency: 'local' });
  } catch (error) {
    if (error.code !== 'NOAUTH') {
      element('notice').textContent = error.message;
      return;
    }
  }
  tree.reveal(path);
}

async function begin() {
  try {
    await live.begin();
    await tree.refresh();
    if (tree.has(chosenPath)) await showZnode();
    else await goTo(chosenPath);
  } catch (error) {
    element('notice').textContent = error.message;
  }
}

/** What its user may watch, somebody else may have changed; what he may see, then, too. */
async function look(isMissing) {
  try {
    const isAnother = await live.look();
    if (!isAnother && !isMissing) return;
    await tree.refresh();
    await showZnode();
  } catch {
    // The connection broke: it begins anew.
  }
}

function take(event) {
  tree.changed(event.type, event.path);
  note(event);
  // A child more or less shows in the stat too.
  if (event.path === chosenPath || parentOf(event.path) === chosenPath) void showZnode();
}

const words = { created: 'created', dataChanged: 'changed', deleted: 'deleted' };

function note({ type, path, zxid }) {
  const item = document.createElement('li');
  const parts = [
    ['what', words[type] ?? type],
    ['where', path],
    ['zxid', zxid],
  ];
  for (const [name, text] of parts) {
    const part = document.createElement('span');
    part.className = name;
    part.textContent = text;
    item.append(part);
  }
  const list = element('changes');
  list.prepend(item);
  while (list.childElementCount > changesShown) list.lastElementChild.remove();
}

async function showZnode() {
  const path = chosenPath;
  element('path').textContent = path;
  element('still').hidden = live.covers(path);
  try {
    const { data, encoding, stat } = await connection.ask('get', { path, consistency: 'local' });
    if (path !== chosenPath) return;
    showData(data, encoding);
    showStat(stat);
    element('notice').textContent = '';
  } catch (error) {
    if (path !== chosenPath) return;
    showNothing(whyNot(error));
  }
}

function whyNot({ code, message }) {
  if (code === 'NONODE') return 'This znode is gone.';
  return code === 'NOAUTH' ? `You may not read this znode. ${message}` : message;
}

function showNothing(notice) {
  element('notice').textContent = notice;
  element('encoding').textContent = '';
  element('data').textContent = '';
  showStat({});
}

function showData(data, encoding) {
  const kinds = { utf8: 'Text', base64: 'Not text: shown as base64' };
  const isLong = data !== null && data.length > dataShown;
  const kind = data === null || data === '' ? 'Empty' : kinds[encoding];
  element('encoding').textContent = isLong ? `${kind}; the beginning of it` : kind;
  element('data').textContent = data === null ? '' : data.slice(0, dataShown);
}

function showStat(stat) {
  const times = new Set(['ctime', 'mtime']);
  const entries = Object.entries(stat).flatMap(([name, value]) => {
    const group = document.createElement('div');
    const term = document.createElement('dt');
    term.textContent = name;
    const description = document.createElement('dd');
    description.textContent = times.has(name) ? new Date(value).toISOString() : String(value);
    group.append(term, description);
    return group;
  });
  element('stat').replaceChildren(...entries);
}

/** Where the other peers have their consoles, as far as they say it. */
let others = [];

async function showCluster() {
  try {
    const { self, peers, leaderId } = await connection.fetch('v1/cluster');
    const own = peers.find(({ id }) => id === self.id);
    element('peer').textContent = `Peer ${self.id}, ${own === undefined ? self.role : roleOf(own)}`;
    const membership = await showMembership();
    element('peers').replaceChildren(...peers.map((peer) => peerRow(peer, membership)));
    others = peers
      .filter(({ http }) => http !== '')
      .map(({ id, http }) => ({ id, url: urlOf(http) }));
    connection.learn(others.map(({ url }) => url));
    alarm(
      leaderId === null ? 'No quorum: nothing can be changed, and what is shown may be old.' : '',
    );
    showElsewhere(false);
  } catch {
    element('peer').textContent = 'No answer from this peer';
    showElsewhere(true);
  }
}

/** Who belongs to the ensemble, and what is about to change; of a peer of an earlier version, nothing. */
async function showMembership() {
  const { members = [], pending = null } = await connection.fetch('v1/members').catch(() => ({}));
  const membership = { members, pending };
  const words = wordsOf(membership);
  const shown = element('pending');
  // Said once, and not at every look.
  if (shown.textContent !== words) shown.textContent = words;
  shown.hidden = words === '';
  return membership;
}

/** Peers that speak TLS all do. */
function urlOf(http) {
  return new URL(http.includes('://') ? http : `${location.protocol}//${http}`).href;
}

function alarm(text) {
  document.body.classList.toggle('alarmed', text !== '');
  document.title = text === '' ? 'Quoll' : 'No quorum · Quoll';
  const shown = element('alarm');
  // Said once, and not at every look.
  if (shown.textContent !== text) shown.textContent = text;
}

/** Where a browser may not ask another peer from this page, the user can still go there. */
function showElsewhere(isNeeded) {
  const links = others.map(({ id, url }) => {
    const link = document.createElement('a');
    link.href = url;
    link.textContent = `peer ${id}`;
    return link;
  });
  const place = element('elsewhere');
  place.hidden = !isNeeded || links.length === 0;
  place.replaceChildren(
    'Go on at ',
    ...links.flatMap((link, index) => (index === 0 ? [link] : [', ', link])),
  );
}

/** An observer is none by its name; of others it must not be missed. */
function roleOf({ role, voter }) {
  return voter || role === 'observer' ? role : `${role}, no vote`;
}

function peerRow(peer, { members }) {
  const { id, removed, state, http, lastZxid } = peer;
  const standing = standingOf(peer, members);
  const role = roleOf(peer);
  const cells = removed
    ? [[id], ['-'], [standing], ['-'], ['-'], ['-']]
    : [
        [id],
        [role, role === peer.role ? '' : 'no-vote'],
        [standing],
        [state, state],
        [http],
        [lastZxid],
      ];
  const row = document.createElement('tr');
  for (const [text, kind = ''] of cells) {
    const cell = document.createElement('td');
    cell.textContent = String(text);
    cell.className = kind;
    row.append(cell);
  }
  return row;
}

void showCluster();
setInterval(() => {
  void showCluster();
  void look(false);
}, clusterEveryMs);
