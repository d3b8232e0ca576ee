import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.recipes.cache.CuratorCache;
import org.apache.curator.framework.recipes.cache.CuratorCacheListener;
import org.apache.curator.framework.recipes.locks.InterProcessMutex;
import org.apache.zookeeper.AddWatchMode;
import org.apache.zookeeper.CreateMode;
import org.apache.zookeeper.Watcher;

/**
 * Does what it is told on stdin, a word and a path a line, and says on stdout what came of it; so do the agents of the
 * other clients. Here: Curator, whose plain watches the Java client sets again on another connection.
 */
final class JavaAgent {
  private static final Map<String, CountDownLatch> unlocks = new HashMap<>();

  private JavaAgent() {}

  public static void main(String[] arguments) throws Exception {
    Cases cases = new Cases(arguments[0]);
    CuratorFramework client = cases.one;
    client.blockUntilConnected();
    BufferedReader input = new BufferedReader(new InputStreamReader(System.in));
    for (String line = input.readLine(); line != null; line = input.readLine()) {
      String[] parts = line.split(" ", 2);
      String path = parts.length > 1 ? parts[1] : "";
      switch (parts[0]) {
        case "session":
          say("session " + Long.toHexString(client.getZookeeperClient().getZooKeeper().getSessionId()));
          break;
        case "ephemeral":
          client.create().withMode(CreateMode.EPHEMERAL).forPath(path, Cases.bytes("curator"));
          say("created " + path);
          break;
        case "watch":
          watch(client, path);
          break;
        case "watch-tree":
          watchTree(client, path);
          break;
        case "cache":
          cache(client, path);
          break;
        case "lock":
          lock(client, path);
          break;
        case "turns":
          inThread(() -> turns(client, path, 20));
          break;
        case "unlock":
          unlocks.get(path).countDown();
          break;
        default:
          throw new IllegalArgumentException(line);
      }
    }
    System.exit(cases.end());
  }

  private static synchronized void say(String line) {
    System.out.println(line);
  }

  private static void watch(CuratorFramework client, String path) throws Exception {
    Watcher watcher = event -> {
      if (event.getType() == Watcher.Event.EventType.NodeDataChanged) say("changed " + path);
    };
    client.getData().usingWatcher(watcher).forPath(path);
    say("watching " + path);
  }

  /** Persistent: what changes while the client is away is not told, and the watch is there again when it is back. */
  private static void watchTree(CuratorFramework client, String path) throws Exception {
    Watcher watcher = event -> say("tree " + event.getType() + " " + event.getPath());
    client.watchers().add().withMode(AddWatchMode.PERSISTENT_RECURSIVE).usingWatcher(watcher).forPath(path);
    say("watching tree " + path);
  }

  /** Curator's cache reads everything anew when its client is back: it misses no change's result. */
  private static void cache(CuratorFramework client, String path) {
    CuratorCache cache = CuratorCache.build(client, path);
    cache.listenable().addListener(
        CuratorCacheListener.builder()
            .forCreatesAndChanges((old, node) ->
                say("cached " + node.getPath() + " " + Cases.text(node.getData())))
            .forInitialized(() -> say("cached all"))
            .build());
    cache.start();
  }

  /** Takes the lock so many times; a guard that is there already means that another holds it too. */
  private static Void turns(CuratorFramework client, String path, int count) throws Exception {
    String guard = path.replace("/locks/", "/guard-");
    InterProcessMutex mutex = new InterProcessMutex(client, path);
    for (int turn = 0; turn < count; turn++) {
      mutex.acquire();
      client.create().withMode(CreateMode.EPHEMERAL).forPath(guard);
      client.delete().forPath(guard);
      mutex.release();
    }
    say("turned " + path);
    return null;
  }

  /** Curator's mutex belongs to the thread that acquired it. */
  private static void lock(CuratorFramework client, String path) {
    CountDownLatch unlock = new CountDownLatch(1);
    unlocks.put(path, unlock);
    inThread(
        () -> {
          InterProcessMutex mutex = new InterProcessMutex(client, path);
          mutex.acquire();
          say("holding " + path);
          unlock.await();
          mutex.release();
          say("released " + path);
          return null;
        });
  }

  private static void inThread(Callable<Void> body) {
    Cases.spawn(body)
        .exceptionally(
            error -> {
              error.printStackTrace();
              System.exit(1);
              return null;
            });
  }
}
