import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.zookeeper.AddWatchMode;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.KeeperException;
import org.apache.zookeeper.Op;
import org.apache.zookeeper.OpResult;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooDefs.Ids;
import org.apache.zookeeper.ZooKeeper;
import org.apache.zookeeper.admin.ZooKeeperAdmin;
import org.apache.zookeeper.data.ClientInfo;
import org.apache.zookeeper.data.Stat;
import org.apache.zookeeper.recipes.leader.LeaderElectionSupport;
import org.apache.zookeeper.recipes.lock.LockListener;
import org.apache.zookeeper.recipes.lock.WriteLock;
import org.apache.zookeeper.recipes.queue.DistributedQueue;

/** The Java client's own operations, and the recipes of ZooKeeper's jars. */
final class ZooKeeperCases {
  private ZooKeeperCases() {}

  static void run(Cases cases) throws Exception {
    String at = cases.connectString;
    try (ZooKeeper one = Sessions.open(at);
        ZooKeeper two = Sessions.open(at)) {
      one.create("/j", null, Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
      cases.check("every create mode", () -> createModes(one));
      cases.check("null and empty data", () -> nullAndEmpty(one));
      cases.check("multi and its reading kind", () -> multi(one));
      cases.check("ephemerals and numbers of children", () -> ephemerals(one, two));
      cases.check("who am I", () -> whoAmI(one));
      cases.check("watches and their removal", () -> watches(one, two));
      cases.check("a watch without permission", () -> watchWithoutPermission(one, two));
      cases.check("ten thousand requests in flight", () -> pipelined(one));
      cases.check("reconfiguration is refused", () -> reconfiguration(at));
      cases.check("ZooKeeper's write lock", () -> writeLock(one, two));
      cases.check("ZooKeeper's leader election", () -> leaderElection(one, two));
      cases.check("ZooKeeper's queue", () -> queue(one, two));
    }
  }

  private static String create(ZooKeeper client, String path, CreateMode mode) throws Exception {
    return client.create(path, Cases.bytes("x"), Ids.OPEN_ACL_UNSAFE, mode);
  }

  private static void createModes(ZooKeeper one) throws Exception {
    create(one, "/j/modes", CreateMode.PERSISTENT);
    Cases.same(create(one, "/j/modes/s", CreateMode.PERSISTENT_SEQUENTIAL), "/j/modes/s0000000000");
    Cases.same(create(one, "/j/modes/e", CreateMode.EPHEMERAL), "/j/modes/e");
    Cases.same(create(one, "/j/modes/es", CreateMode.EPHEMERAL_SEQUENTIAL), "/j/modes/es0000000002");
    Cases.same(create(one, "/j/modes/c", CreateMode.CONTAINER), "/j/modes/c");
    Stat stat = new Stat();
    List<org.apache.zookeeper.data.ACL> open = Ids.OPEN_ACL_UNSAFE;
    one.create("/j/modes/t", null, open, CreateMode.PERSISTENT_WITH_TTL, stat, 60_000);
    Cases.same(stat.getVersion(), 0);
    Cases.same(
        one.create("/j/modes/ts", null, open, CreateMode.PERSISTENT_SEQUENTIAL_WITH_TTL, stat, 60_000),
        "/j/modes/ts0000000005");
    one.create("/j/modes/brief", null, open, CreateMode.PERSISTENT_WITH_TTL, stat, 100);
    Cases.until("the end of the TTL", () -> one.exists("/j/modes/brief", false) == null);
  }

  private static void nullAndEmpty(ZooKeeper one) throws Exception {
    one.create("/j/null", null, Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT);
    Stat stat = new Stat();
    Cases.same(one.getData("/j/null", false, stat), null);
    Cases.same(stat.getDataLength(), 0);
    one.setData("/j/null", new byte[0], -1);
    Cases.same(one.getData("/j/null", false, stat).length, 0);
    one.setData("/j/null", null, -1);
    Cases.same(one.getData("/j/null", false, stat), null);
  }

  private static void multi(ZooKeeper one) throws Exception {
    List<OpResult> made =
        one.multi(
            List.of(
                Op.create("/j/multi", Cases.bytes("1"), Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT),
                Op.create("/j/multi/c", null, Ids.OPEN_ACL_UNSAFE, CreateMode.CONTAINER),
                Op.create("/j/multi/t", null, Ids.OPEN_ACL_UNSAFE, CreateMode.PERSISTENT_WITH_TTL, 60_000),
                Op.setData("/j/multi", Cases.bytes("2"), 0),
                Op.check("/j/multi", 1),
                Op.delete("/j/multi/c", 0)));
    Cases.same(made.size(), 6);
    Cases.same(((OpResult.CreateResult) made.get(0)).getPath(), "/j/multi");
    Cases.same(((OpResult.SetDataResult) made.get(3)).getStat().getVersion(), 1);
    KeeperException refusal =
        Cases.raises(
            KeeperException.NoNodeException.class,
            () -> one.multi(List.of(Op.setData("/j/multi", null, -1), Op.delete("/j/none", -1), Op.check("/j", 0))));
    List<Integer> codes = new ArrayList<>();
    for (OpResult result : refusal.getResults()) codes.add(((OpResult.ErrorResult) result).getErr());
    Cases.same(codes, List.of(0, KeeperException.Code.NONODE.intValue(), KeeperException.Code.RUNTIMEINCONSISTENCY.intValue()));
    List<OpResult> read =
        one.multi(List.of(Op.getData("/j/multi"), Op.getChildren("/j/multi"), Op.getData("/j/none")));
    Cases.same(Cases.text(((OpResult.GetDataResult) read.get(0)).getData()), "2");
    Cases.same(((OpResult.GetChildrenResult) read.get(1)).getChildren(), List.of("t"));
    Cases.same(((OpResult.ErrorResult) read.get(2)).getErr(), KeeperException.Code.NONODE.intValue());
    Cases.same(one.multi(Collections.emptyList()), List.of());
  }

  private static void ephemerals(ZooKeeper one, ZooKeeper two) throws Exception {
    create(one, "/j/count", CreateMode.PERSISTENT);
    create(one, "/j/count/a", CreateMode.PERSISTENT);
    create(one, "/j/count/a/e", CreateMode.EPHEMERAL);
    create(one, "/j/count/f", CreateMode.EPHEMERAL);
    Cases.same(one.getAllChildrenNumber("/j/count"), 3);
    Cases.same(new TreeSet<>(one.getEphemerals("/j/count")), new TreeSet<>(List.of("/j/count/a/e", "/j/count/f")));
    Cases.holds(one.getEphemerals().contains("/j/count/f"), "all of them");
    Cases.same(two.getEphemerals("/j/count"), List.of());
    Cases.raises(KeeperException.NoNodeException.class, () -> one.getAllChildrenNumber("/j/none"));
  }

  private static void whoAmI(ZooKeeper one) throws Exception {
    List<ClientInfo> before = one.whoAmI();
    Cases.same(before.toString().contains("127.0.0.1"), true);
    one.addAuthInfo("digest", Cases.bytes("alice:secret"));
    Cases.until("the identity", () -> one.whoAmI().stream().anyMatch(info -> info.getUser().equals("alice")));
  }

  private static void watches(ZooKeeper one, ZooKeeper two) throws Exception {
    create(one, "/j/watched", CreateMode.PERSISTENT);
    List<String> events = new CopyOnWriteArrayList<>();
    Watcher watcher = event -> events.add(event.getType() + " " + event.getPath());
    one.exists("/j/watched/x", watcher);
    one.getChildren("/j/watched", watcher);
    two.sync("/j/watched", (code, path, context) -> {}, null);
    create(two, "/j/watched/x", CreateMode.PERSISTENT);
    Cases.until("two events", () -> events.size() == 2);
    Cases.same(events, List.of("NodeCreated /j/watched/x", "NodeChildrenChanged /j/watched"));
    events.clear();
    one.addWatch("/j/watched", watcher, AddWatchMode.PERSISTENT_RECURSIVE);
    two.setData("/j/watched/x", null, -1);
    two.setData("/j/watched/x", null, -1);
    Cases.until("two more", () -> events.size() == 2);
    Cases.same(events, Collections.nCopies(2, "NodeDataChanged /j/watched/x"));
    one.removeAllWatches("/j/watched", Watcher.WatcherType.Any, false);
    Cases.until("the removal", () -> events.size() == 3);
    Cases.same(events.get(2), "PersistentWatchRemoved /j/watched");
    two.delete("/j/watched/x", -1);
    one.getData("/j/watched", watcher, null);
    one.removeWatches("/j/watched", watcher, Watcher.WatcherType.Data, false);
    Cases.until("the second removal", () -> events.size() == 4);
    Cases.same(events.get(3), "DataWatchRemoved /j/watched");
    Cases.raises(
        KeeperException.NoWatcherException.class,
        () -> one.removeWatches("/j/watched", watcher, Watcher.WatcherType.Any, false));
  }

  /** Who may not read a child hears nothing of it; its creator does. */
  private static void watchWithoutPermission(ZooKeeper one, ZooKeeper two) throws Exception {
    create(one, "/j/secrets", CreateMode.PERSISTENT);
    List<String> mine = new CopyOnWriteArrayList<>();
    List<String> others = new CopyOnWriteArrayList<>();
    one.addWatch("/j/secrets", event -> mine.add(event.getType() + " " + event.getPath()), AddWatchMode.PERSISTENT_RECURSIVE);
    two.sync("/j/secrets", (code, path, context) -> {}, null);
    two.addWatch("/j/secrets", event -> others.add(event.getType() + " " + event.getPath()), AddWatchMode.PERSISTENT_RECURSIVE);
    one.addAuthInfo("digest", Cases.bytes("alice:secret"));
    one.create("/j/secrets/s", null, Ids.CREATOR_ALL_ACL, CreateMode.PERSISTENT);
    one.setData("/j/secrets/s", null, -1);
    one.setData("/j/secrets", null, -1);
    Cases.until("the last event", () -> others.contains("NodeDataChanged /j/secrets") && mine.size() == 3);
    Cases.holds(!others.contains("NodeDataChanged /j/secrets/s"), others);
    Cases.same(mine.get(1), "NodeDataChanged /j/secrets/s");
  }

  private static void pipelined(ZooKeeper one) throws Exception {
    create(one, "/j/pipelined", CreateMode.PERSISTENT);
    int count = 10_000;
    List<Integer> versions = Collections.synchronizedList(new ArrayList<>());
    CompletableFuture<Void> done = new CompletableFuture<>();
    for (int turn = 1; turn <= count; turn++)
      one.setData("/j/pipelined", Cases.bytes("" + turn), -1, (code, path, context, stat) -> {
        versions.add(code == 0 ? stat.getVersion() : code);
        if (versions.size() == count) done.complete(null);
      }, null);
    Cases.result(done);
    for (int turn = 1; turn <= count; turn++) Cases.same(versions.get(turn - 1), turn);
  }

  private static void reconfiguration(String at) throws Exception {
    try (ZooKeeperAdmin admin = new ZooKeeperAdmin(at, Sessions.TIMEOUT_MS, event -> {})) {
      Cases.raises(
          KeeperException.ReconfigDisabledException.class,
          () -> admin.reconfigure("server.9=127.0.0.1:1:2:participant;3", null, null, -1, new Stat()));
      byte[] config = admin.getConfig(false, new Stat());
      Cases.holds(config != null, "the config can be read");
    }
  }

  private static void writeLock(ZooKeeper one, ZooKeeper two) throws Exception {
    List<String> order = new CopyOnWriteArrayList<>();
    WriteLock mine = new WriteLock(one, "/j/write-lock", Ids.OPEN_ACL_UNSAFE, listener("one", order));
    WriteLock other = new WriteLock(two, "/j/write-lock", Ids.OPEN_ACL_UNSAFE, listener("two", order));
    Cases.holds(mine.lock(), "free");
    Cases.same(other.lock(), false);
    Cases.holds(mine.isOwner() && !other.isOwner(), "one owner");
    mine.unlock();
    Cases.until("the other to own it", () -> other.isOwner());
    Cases.until("its listener", () -> order.size() == 3);
    other.close();
    Cases.holds(order.containsAll(List.of("one acquired", "one released", "two acquired")), order);
  }

  private static LockListener listener(String name, List<String> order) {
    return new LockListener() {
      @Override
      public void lockAcquired() {
        order.add(name + " acquired");
      }

      @Override
      public void lockReleased() {
        order.add(name + " released");
      }
    };
  }

  private static void leaderElection(ZooKeeper one, ZooKeeper two) throws Exception {
    create(one, "/j/election", CreateMode.PERSISTENT);
    two.sync("/j/election", (code, path, context) -> {}, null);
    List<String> order = new CopyOnWriteArrayList<>();
    LeaderElectionSupport mine = candidate(one, "one", order);
    mine.start();
    Cases.until("the leader", () -> order.contains("one ELECTED_COMPLETE"));
    LeaderElectionSupport other = candidate(two, "two", order);
    other.start();
    Cases.until("the candidate", () -> order.contains("two READY_COMPLETE"));
    Cases.same(other.getLeaderHostName(), "one");
    mine.stop();
    Cases.until("the next leader", () -> order.contains("two ELECTED_COMPLETE"));
    other.stop();
  }

  private static LeaderElectionSupport candidate(ZooKeeper client, String name, List<String> order) {
    LeaderElectionSupport candidate = new LeaderElectionSupport();
    candidate.setZooKeeper(client);
    candidate.setRootNodeName("/j/election");
    candidate.setHostName(name);
    candidate.addListener(event -> order.add(name + " " + event));
    return candidate;
  }

  private static void queue(ZooKeeper one, ZooKeeper two) throws Exception {
    DistributedQueue mine = new DistributedQueue(one, "/j/queue", null);
    DistributedQueue other = new DistributedQueue(two, "/j/queue", null);
    mine.offer(Cases.bytes("a"));
    mine.offer(Cases.bytes("b"));
    Cases.same(Cases.text(other.take()), "a");
    Cases.until("the deletion to be seen here", () -> Cases.text(mine.peek()).equals("b"));
    Cases.same(Cases.text(mine.remove()), "b");
    CompletableFuture<byte[]> taking = Cases.spawn(other::take);
    mine.offer(Cases.bytes("c"));
    Cases.same(Cases.text(Cases.result(taking)), "c");
  }
}
