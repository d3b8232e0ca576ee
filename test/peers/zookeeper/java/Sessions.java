import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.apache.zookeeper.Watcher;
import org.apache.zookeeper.ZooKeeper;

/** Sessions of the plain ZooKeeper client. */
final class Sessions {
  static final int TIMEOUT_MS = 20_000;

  private Sessions() {}

  static ZooKeeper open(String connectString) throws Exception {
    CountDownLatch connected = new CountDownLatch(1);
    ZooKeeper client = new ZooKeeper(connectString, TIMEOUT_MS, whenConnected(connected));
    Cases.holds(connected.await(Cases.LIMIT_SECONDS, TimeUnit.SECONDS), "connected");
    return client;
  }

  /** Opens the session once more, as anyone with its password may, and closes it. */
  static void end(ZooKeeper client, String connectString) throws Exception {
    CountDownLatch connected = new CountDownLatch(1);
    ZooKeeper again =
        new ZooKeeper(
            connectString,
            TIMEOUT_MS,
            whenConnected(connected),
            client.getSessionId(),
            client.getSessionPasswd());
    Cases.holds(connected.await(Cases.LIMIT_SECONDS, TimeUnit.SECONDS), "connected again");
    again.close();
  }

  private static Watcher whenConnected(CountDownLatch latch) {
    return event -> {
      if (event.getState() == Watcher.Event.KeeperState.SyncConnected) latch.countDown();
    };
  }
}
