// Shows a znode live, with nothing but the browser's own EventSource.
//
// page.html?peers=http://127.0.0.1:2180,http://127.0.0.1:2190&path=/config/app
const parameters = new URLSearchParams(location.search);
const peers = (parameters.get('peers') ?? 'http://127.0.0.1:2180').split(',');
const path = parameters.get('path') ?? '/config/app';

const status = document.querySelector('#status');
const value = document.querySelector('#value');
const history = document.querySelector('#history');

function show({ data, stat }) {
  if (value.textContent !== '') {
    const item = document.createElement('li');
    item.textContent = value.textContent;
    history.prepend(item);
  }
  value.textContent = data;
  value.dataset.version = stat.version;
}

/** Where the next stream goes on. Undefined: begin with what is there now. */
let position;

function follow(turn) {
  const peer = peers[turn % peers.length];
  const place = position === undefined ? 'initial' : `from=${position}`;
  const events = new EventSource(
    `${peer}/v1/watch?path=${encodeURIComponent(path)}&values&${place}`,
  );
  const remember = ({ lastEventId }) => {
    if (lastEventId !== '') position = lastEventId;
  };
  for (const type of ['created', 'dataChanged']) {
    events.addEventListener(type, (event) => {
      show(JSON.parse(event.data));
      remember(event);
    });
  }
  events.addEventListener('deleted', (event) => {
    status.textContent = 'deleted';
    remember(event);
  });
  events.addEventListener('bookmark', remember);
  events.addEventListener('synced', (event) => {
    status.textContent = `live from ${peer}`;
    remember(event);
  });
  events.addEventListener('lost', () => {
    position = undefined;
    events.close();
    follow(turn);
  });
  // EventSource would ask the same peer again and again. There are others.
  events.onerror = () => {
    events.close();
    status.textContent = `${peer} is gone`;
    setTimeout(follow, 200, turn + 1);
  };
}

follow(0);
