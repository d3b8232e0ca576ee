import static java.util.concurrent.TimeUnit.SECONDS;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Collectors;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.framework.WatcherRemoveCuratorFramework;
import org.apache.curator.framework.api.transaction.CuratorOp;
import org.apache.curator.framework.api.transaction.CuratorTransactionResult;
import org.apache.curator.framework.recipes.cache.CuratorCache;
import org.apache.curator.framework.recipes.cache.CuratorCacheListener;
import org.apache.curator.framework.recipes.cache.NodeCache;
import org.apache.curator.framework.recipes.cache.PathChildrenCache;
import org.apache.curator.framework.recipes.cache.TreeCache;
import org.apache.curator.framework.recipes.nodes.GroupMember;
import org.apache.curator.framework.recipes.nodes.PersistentNode;
import org.apache.curator.framework.recipes.nodes.PersistentTtlNode;
import org.apache.curator.framework.recipes.queue.DistributedDelayQueue;
import org.apache.curator.framework.recipes.queue.DistributedPriorityQueue;
import org.apache.curator.framework.recipes.queue.DistributedQueue;
import org.apache.curator.framework.recipes.queue.QueueBuilder;
import org.apache.curator.framework.recipes.queue.QueueConsumer;
import org.apache.curator.framework.recipes.queue.QueueSerializer;
import org.apache.curator.framework.recipes.queue.SimpleDistributedQueue;
import org.apache.curator.framework.recipes.watch.PersistentWatcher;
import org.apache.curator.framework.state.ConnectionState;
import org.apache.zookeeper.AddWatchMode;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooDefs;
import org.apache.zookeeper.data.Stat;

/** Curator's caches, nodes, queues and its framework's own operations. */
final class CuratorNodes {
  private CuratorNodes() {}

  static void run(Cases cases) {
    CuratorFramework one = cases.one;
    CuratorFramework two = cases.two;
    cases.check("curator cache", () -> curatorCache(one, two));
    cases.check("path children cache", () -> pathChildrenCache(one, two));
    cases.check("tree cache", () -> treeCache(one, two));
    cases.check("node cache", () -> nodeCache(one, two));
    cases.check("persistent watcher", () -> persistentWatcher(one, two));
    cases.check("watcher removal", () -> watcherRemoval(one));
    cases.check("persistent node", () -> persistentNode(one, two));
    cases.check("persistent TTL node", () -> persistentTtlNode(one, two));
    cases.check("group member", () -> groupMember(one, two));
    cases.check("transactions", () -> transactions(one));
    cases.check("protected ephemeral sequential", () -> protectedSequential(one));
    cases.check("containers", () -> containers(one));
    cases.check("creating, setting, deleting", () -> operations(one));
    cases.check("namespace and authorisation", () -> namespaceAndAuthorisation(cases));
    cases.check("queues", () -> queues(one));
    cases.check("an expired session", () -> expiredSession(cases.client(), two));
  }

  private static void curatorCache(CuratorFramework one, CuratorFramework two) throws Exception {
    List<String> events = new CopyOnWriteArrayList<>();
    one.create().creatingParentsIfNeeded().forPath("/n/cached", Cases.bytes("root"));
    try (CuratorCache cache = CuratorCache.build(one, "/n/cached")) {
      cache.listenable().addListener(
          CuratorCacheListener.builder()
              .forCreates(node -> events.add("created " + node.getPath()))
              .forChanges((old, node) -> events.add("changed " + node.getPath()))
              .forDeletes(node -> events.add("deleted " + node.getPath()))
              .forInitialized(() -> events.add("initialized"))
              .build());
      cache.start();
      Cases.until("the cache to be filled", () -> events.contains("initialized"));
      two.sync().forPath("/n/cached");
      two.create().creatingParentsIfNeeded().forPath("/n/cached/a/b", Cases.bytes("1"));
      Cases.until("the leaf", () -> cache.get("/n/cached/a/b").isPresent());
      two.setData().forPath("/n/cached/a/b", Cases.bytes("2"));
      Cases.until("the change", () -> Cases.text(cache.get("/n/cached/a/b").get().getData()).equals("2"));
      two.delete().deletingChildrenIfNeeded().forPath("/n/cached/a");
      Cases.until("the deletion", () -> events.contains("deleted /n/cached/a"));
      Cases.same(
          events.stream().filter(event -> event.endsWith("/b")).collect(Collectors.toList()),
          List.of("created /n/cached/a/b", "changed /n/cached/a/b", "deleted /n/cached/a/b"));
      Cases.same(cache.size(), 1);
    }
  }

  @SuppressWarnings("deprecation")
  private static void pathChildrenCache(CuratorFramework one, CuratorFramework two) throws Exception {
    List<String> events = new CopyOnWriteArrayList<>();
    try (PathChildrenCache cache = new PathChildrenCache(one, "/n/children", true)) {
      cache.getListenable().addListener(
          (client, event) ->
              events.add(event.getType() + (event.getData() == null ? "" : " " + event.getData().getPath())));
      cache.start(PathChildrenCache.StartMode.POST_INITIALIZED_EVENT);
      Cases.until("the cache to be filled", () -> events.contains("INITIALIZED"));
      two.sync().forPath("/n/children");
      two.create().forPath("/n/children/x", Cases.bytes("1"));
      Cases.until("the child", () -> cache.getCurrentData().size() == 1);
      two.setData().forPath("/n/children/x", Cases.bytes("2"));
      Cases.until("the change", () -> events.contains("CHILD_UPDATED /n/children/x"));
      two.delete().forPath("/n/children/x");
      Cases.until("the deletion", () -> events.contains("CHILD_REMOVED /n/children/x"));
      Cases.same(cache.getCurrentData().size(), 0);
    }
  }

  @SuppressWarnings("deprecation")
  private static void treeCache(CuratorFramework one, CuratorFramework two) throws Exception {
    List<String> events = new CopyOnWriteArrayList<>();
    one.create().creatingParentsIfNeeded().forPath("/n/tree");
    try (TreeCache cache = new TreeCache(one, "/n/tree")) {
      cache.getListenable().addListener((client, event) -> events.add(event.getType().name()));
      cache.start();
      Cases.until("the cache to be filled", () -> events.contains("INITIALIZED"));
      two.sync().forPath("/n/tree");
      two.create().creatingParentsIfNeeded().forPath("/n/tree/a/b/c", Cases.bytes("leaf"));
      Cases.until("the leaf", () -> cache.getCurrentData("/n/tree/a/b/c") != null);
      Cases.same(cache.getCurrentChildren("/n/tree/a").keySet(), Collections.singleton("b"));
      two.delete().deletingChildrenIfNeeded().forPath("/n/tree/a");
      Cases.until("the deletions", () -> Collections.frequency(events, "NODE_REMOVED") == 3);
    }
  }

  @SuppressWarnings("deprecation")
  private static void nodeCache(CuratorFramework one, CuratorFramework two) throws Exception {
    try (NodeCache cache = new NodeCache(one, "/n/node")) {
      cache.start(true);
      Cases.same(cache.getCurrentData(), null);
      two.create().creatingParentsIfNeeded().forPath("/n/node", Cases.bytes("1"));
      Cases.until("the znode", () -> Cases.text(cache.getCurrentData().getData()).equals("1"));
      two.setData().forPath("/n/node", Cases.bytes("2"));
      Cases.until("the change", () -> Cases.text(cache.getCurrentData().getData()).equals("2"));
      two.delete().forPath("/n/node");
      Cases.until("the deletion", () -> cache.getCurrentData() == null);
    }
  }

  private static void persistentWatcher(CuratorFramework one, CuratorFramework two) throws Exception {
    List<String> deep = new CopyOnWriteArrayList<>();
    List<String> flat = new CopyOnWriteArrayList<>();
    one.create().creatingParentsIfNeeded().forPath("/n/persistent");
    one.create().forPath("/n/persistent-flat");
    two.sync().forPath("/n/persistent");
    try (PersistentWatcher recursive = new PersistentWatcher(one, "/n/persistent", true);
        PersistentWatcher plain = new PersistentWatcher(one, "/n/persistent-flat", false)) {
      recursive.getListenable().addListener(event -> deep.add(event.getType() + " " + event.getPath()));
      plain.getListenable().addListener(event -> flat.add(event.getType() + " " + event.getPath()));
      List<String> set = new CopyOnWriteArrayList<>();
      recursive.getResetListenable().addListener(() -> set.add("recursive"));
      plain.getResetListenable().addListener(() -> set.add("plain"));
      recursive.start();
      plain.start();
      Cases.until("both watches", () -> set.size() == 2);
      for (String at : List.of("/n/persistent", "/n/persistent-flat")) {
        two.setData().forPath(at, Cases.bytes("1"));
        two.setData().forPath(at, Cases.bytes("2"));
        two.create().forPath(at + "/child");
        two.setData().forPath(at + "/child", Cases.bytes("3"));
        two.delete().forPath(at + "/child");
      }
      String at = " /n/persistent";
      Cases.until("all events of the tree", () -> deep.size() == 5);
      Cases.same(
          deep,
          List.of(
              "NodeDataChanged" + at,
              "NodeDataChanged" + at,
              "NodeCreated" + at + "/child",
              "NodeDataChanged" + at + "/child",
              "NodeDeleted" + at + "/child"));
      Cases.until("all events of the znode", () -> flat.size() == 4);
      Cases.same(
          flat,
          List.of(
              "NodeDataChanged" + at + "-flat",
              "NodeDataChanged" + at + "-flat",
              "NodeChildrenChanged" + at + "-flat",
              "NodeChildrenChanged" + at + "-flat"));
    }
  }

  private static void watcherRemoval(CuratorFramework one) throws Exception {
    List<String> events = new CopyOnWriteArrayList<>();
    Watcher watcher = event -> events.add(event.getType().name());
    one.create().creatingParentsIfNeeded().forPath("/n/removal");
    one.watchers().add().withMode(AddWatchMode.PERSISTENT).usingWatcher(watcher).forPath("/n/removal");
    one.setData().forPath("/n/removal", Cases.bytes("1"));
    one.watchers().remove(watcher).forPath("/n/removal");
    one.setData().forPath("/n/removal", Cases.bytes("2"));
    Cases.until("the end of the watch", () -> events.contains("PersistentWatchRemoved")
        || events.contains("DataWatchRemoved"));
    Cases.same(events.get(0), "NodeDataChanged");
    Cases.same(Collections.frequency(events, "NodeDataChanged"), 1);
    Cases.raises(KeeperException.NoWatcherException.class, () -> one.watchers().remove(watcher).forPath("/n/removal"));
    WatcherRemoveCuratorFramework removing = one.newWatcherRemoveCuratorFramework();
    List<String> later = new CopyOnWriteArrayList<>();
    removing.getData().usingWatcher((Watcher) event -> later.add(event.getType().name())).forPath("/n/removal");
    removing.removeWatchers();
    Cases.until("the end of the one-shot watch", () -> later.contains("DataWatchRemoved"));
    one.watchers().removeAll().quietly().forPath("/n/removal");
  }

  private static void persistentNode(CuratorFramework one, CuratorFramework two) throws Exception {
    try (PersistentNode node =
        new PersistentNode(one, CreateMode.EPHEMERAL, false, "/n/kept", Cases.bytes("mine"))) {
      node.start();
      Cases.holds(node.waitForInitialCreate(Cases.LIMIT_SECONDS, SECONDS), "created");
      two.sync().forPath("/n/kept");
      two.delete().forPath("/n/kept");
      Cases.until("it to be there again", () -> Cases.text(two.getData().forPath("/n/kept")).equals("mine"));
      node.setData(Cases.bytes("changed"));
      Cases.until("the change", () -> Cases.text(two.getData().forPath("/n/kept")).equals("changed"));
    }
    Cases.until("its end", () -> two.checkExists().forPath("/n/kept") == null);
  }

  private static void persistentTtlNode(CuratorFramework one, CuratorFramework two) throws Exception {
    long ttlMs = 1_500;
    try (PersistentTtlNode node = new PersistentTtlNode(one, "/n/ttl", ttlMs, Cases.bytes("alive"))) {
      node.start();
      Cases.holds(node.waitForInitialCreate(Cases.LIMIT_SECONDS, SECONDS), "created");
      // Touched by a child of its own: longer there than its TTL alone allows.
      Cases.until("touches", () -> {
        Stat touch = two.checkExists().forPath("/n/ttl/" + PersistentTtlNode.DEFAULT_CHILD_NODE_NAME);
        return touch != null && touch.getVersion() >= 4;
      });
      Cases.same(Cases.text(two.getData().forPath("/n/ttl")), "alive");
    }
    Cases.until("its end", () -> two.checkExists().forPath("/n/ttl") == null);
  }

  private static void groupMember(CuratorFramework one, CuratorFramework two) throws Exception {
    GroupMember mine = new GroupMember(one, "/n/group", "one", Cases.bytes("1"));
    GroupMember other = new GroupMember(two, "/n/group", "two", Cases.bytes("2"));
    mine.start();
    other.start();
    Cases.until("both", () -> mine.getCurrentMembers().size() == 2);
    Cases.same(Cases.text(mine.getCurrentMembers().get("two")), "2");
    other.close();
    Cases.until("one", () -> mine.getCurrentMembers().size() == 1);
    mine.close();
  }

  @SuppressWarnings("deprecation")
  private static void transactions(CuratorFramework one) throws Exception {
    one.create().creatingParentsIfNeeded().forPath("/n/multi");
    CuratorOp create = one.transactionOp().create().withMode(CreateMode.PERSISTENT_SEQUENTIAL)
        .forPath("/n/multi/s-", Cases.bytes("1"));
    CuratorOp set = one.transactionOp().setData().withVersion(0).forPath("/n/multi", Cases.bytes("2"));
    CuratorOp check = one.transactionOp().check().withVersion(1).forPath("/n/multi");
    List<CuratorTransactionResult> results = one.transaction().forOperations(create, set, check);
    Cases.same(results.get(0).getResultPath(), "/n/multi/s-0000000000");
    Cases.same(results.get(1).getResultStat().getVersion(), 1);
    CuratorOp delete = one.transactionOp().delete().forPath("/n/multi/s-0000000000");
    CuratorOp wrong = one.transactionOp().check().withVersion(7).forPath("/n/multi");
    KeeperException refusal =
        Cases.raises(KeeperException.BadVersionException.class, () -> one.transaction().forOperations(delete, wrong));
    Cases.same(refusal.getResults().size(), 2);
    one.inTransaction()
        .create().withMode(CreateMode.EPHEMERAL).forPath("/n/multi/e", Cases.bytes("x"))
        .and().delete().forPath("/n/multi/s-0000000000")
        .and().commit();
    Cases.same(one.getChildren().forPath("/n/multi"), List.of("e"));
  }

  private static void protectedSequential(CuratorFramework one) throws Exception {
    String path = one.create().creatingParentsIfNeeded().withProtection()
        .withMode(CreateMode.EPHEMERAL_SEQUENTIAL).forPath("/n/protected/p-");
    Cases.holds(path.matches("/n/protected/_c_[0-9a-f-]{36}-p-0000000000"), path);
    Stat stat = one.checkExists().forPath(path);
    Cases.same(stat.getEphemeralOwner(), one.getZookeeperClient().getZooKeeper().getSessionId());
  }

  private static void containers(CuratorFramework one) throws Exception {
    one.createContainers("/n/container/inner");
    one.create().creatingParentContainersIfNeeded().forPath("/n/box/child");
    one.delete().forPath("/n/box/child");
    Cases.until("the empty container to be removed", () -> one.checkExists().forPath("/n/box") == null);
    // One that never had a child stays.
    Cases.holds(one.checkExists().forPath("/n/container/inner") != null, "never used");
  }

  private static void operations(CuratorFramework one) throws Exception {
    Stat stat = new Stat();
    one.create().storingStatIn(stat).forPath("/n/op", Cases.bytes("1"));
    Cases.holds(stat.getCzxid() > 0, stat);
    one.create().idempotent().forPath("/n/op", Cases.bytes("1"));
    one.create().orSetData().forPath("/n/op", Cases.bytes("2"));
    Cases.same(Cases.text(one.getData().storingStatIn(stat).forPath("/n/op")), "2");
    Cases.same(stat.getVersion(), 1);
    one.setData().compressed().withVersion(1).forPath("/n/op", Cases.bytes("packed"));
    Cases.same(Cases.text(one.getData().decompressed().forPath("/n/op")), "packed");
    Cases.raises(KeeperException.BadVersionException.class,
        () -> one.setData().withVersion(1).forPath("/n/op", Cases.bytes("3")));
    List<String> background = new CopyOnWriteArrayList<>();
    one.getData().inBackground((client, event) -> background.add(event.getType() + " " + event.getResultCode()))
        .forPath("/n/none");
    Cases.until("the answer", () -> background.equals(List.of("GET_DATA -101")));
    one.setACL().withVersion(0).withACL(ZooDefs.Ids.READ_ACL_UNSAFE).forPath("/n/op");
    Cases.same(one.getACL().forPath("/n/op"), ZooDefs.Ids.READ_ACL_UNSAFE);
    Cases.raises(KeeperException.NoAuthException.class, () -> one.setData().forPath("/n/op", new byte[0]));
    one.delete().guaranteed().forPath("/n/op");
    one.delete().quietly().forPath("/n/op");
    // Null and empty data are told apart.
    one.create().forPath("/n/empty", new byte[0]);
    Cases.same(one.getData().forPath("/n/empty").length, 0);
    byte[] all = new byte[500_000];
    Arrays.fill(all, (byte) 0xFF);
    one.setData().forPath("/n/empty", all);
    Cases.holds(Arrays.equals(one.getData().forPath("/n/empty"), all), "half a megabyte");
    byte[] config = one.getConfig().forEnsemble();
    Cases.holds(config != null, "the config");
  }

  private static void namespaceAndAuthorisation(Cases cases) throws Exception {
    CuratorFramework inside =
        cases.client(
            CuratorFrameworkFactory.builder()
                .namespace("n/space")
                .authorization("digest", Cases.bytes("alice:secret")));
    inside.create().withACL(ZooDefs.Ids.CREATOR_ALL_ACL).forPath("/guarded", Cases.bytes("x"));
    CuratorFramework outside = cases.one;
    outside.sync().forPath("/n/space/guarded");
    Cases.raises(KeeperException.NoAuthException.class, () -> outside.getData().forPath("/n/space/guarded"));
    Cases.same(Cases.text(inside.getData().forPath("/guarded")), "x");
    List<String> events = new CopyOnWriteArrayList<>();
    inside.getData().usingWatcher((Watcher) event -> events.add(event.getPath())).forPath("/guarded");
    inside.setData().forPath("/guarded", Cases.bytes("y"));
    Cases.until("the event", () -> events.equals(List.of("/guarded")));
  }

  private static final class Texts implements QueueSerializer<String>, QueueConsumer<String> {
    final List<String> consumed = new CopyOnWriteArrayList<>();

    @Override
    public byte[] serialize(String item) {
      return Cases.bytes(item);
    }

    @Override
    public String deserialize(byte[] bytes) {
      return Cases.text(bytes);
    }

    @Override
    public void consumeMessage(String message) {
      consumed.add(message);
    }

    @Override
    public void stateChanged(CuratorFramework client, ConnectionState state) {}
  }

  private static void queues(CuratorFramework one) throws Exception {
    Texts plain = new Texts();
    try (DistributedQueue<String> queue =
        QueueBuilder.builder(one, plain, plain, "/n/queue").lockPath("/n/queue-locks").buildQueue()) {
      queue.start();
      for (String item : List.of("a", "b", "c")) queue.put(item);
      Cases.until("all items", () -> plain.consumed.size() == 3);
      Cases.same(plain.consumed, List.of("a", "b", "c"));
    }
    Texts urgent = new Texts();
    try (DistributedPriorityQueue<String> queue =
        QueueBuilder.builder(one, urgent, urgent, "/n/priorities").buildPriorityQueue(0)) {
      queue.start();
      queue.put("late", 9);
      queue.put("early", 1);
      Cases.until("both items", () -> urgent.consumed.size() == 2);
    }
    Texts delayed = new Texts();
    try (DistributedDelayQueue<String> queue =
        QueueBuilder.builder(one, delayed, delayed, "/n/delays").buildDelayQueue()) {
      queue.start();
      queue.put("later", System.currentTimeMillis() + 300);
      queue.put("now", System.currentTimeMillis());
      Cases.until("both items", () -> delayed.consumed.size() == 2);
      Cases.same(delayed.consumed, List.of("now", "later"));
    }
    SimpleDistributedQueue simple = new SimpleDistributedQueue(one, "/n/simple");
    simple.offer(Cases.bytes("x"));
    Cases.same(Cases.text(simple.take()), "x");
    Cases.same(simple.poll(), null);
  }

  /** The session is ended from elsewhere: Curator says LOST, opens another, and its node comes back. */
  private static void expiredSession(CuratorFramework client, CuratorFramework two) throws Exception {
    List<ConnectionState> states = new ArrayList<>();
    client.getConnectionStateListenable().addListener((of, state) -> {
      synchronized (states) {
        states.add(state);
      }
    });
    try (PersistentNode node =
        new PersistentNode(client, CreateMode.EPHEMERAL, false, "/n/survivor", Cases.bytes("x"))) {
      node.start();
      Cases.holds(node.waitForInitialCreate(Cases.LIMIT_SECONDS, SECONDS), "created");
      long session = client.getZookeeperClient().getZooKeeper().getSessionId();
      Sessions.end(client.getZookeeperClient().getZooKeeper(), client.getZookeeperClient().getCurrentConnectionString());
      Cases.until("the new session", () -> {
        synchronized (states) {
          return states.contains(ConnectionState.LOST)
              && states.get(states.size() - 1) == ConnectionState.RECONNECTED;
        }
      });
      Cases.holds(client.getZookeeperClient().getZooKeeper().getSessionId() != session, "another session");
      Cases.until("the node of the new session", () -> {
        Stat stat = two.checkExists().forPath("/n/survivor");
        return stat != null
            && stat.getEphemeralOwner() == client.getZookeeperClient().getZooKeeper().getSessionId();
      });
    }
  }
}
