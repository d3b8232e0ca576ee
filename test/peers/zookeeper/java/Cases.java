import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.CuratorFrameworkFactory;
import org.apache.curator.retry.ExponentialBackoffRetry;

/** Named cases, run one after another; each says {@code ok NAME} or how it failed. */
final class Cases {
  /** A bound for a case that is stuck, not an expectation of speed. */
  static final int LIMIT_SECONDS = 60;

  interface Case {
    void run() throws Exception;
  }

  private int passed;
  private int failed;
  final String connectString;
  /** Two clients for cases that need no session of their own. */
  final CuratorFramework one;
  final CuratorFramework two;

  private final List<CuratorFramework> clients = new ArrayList<>();

  Cases(String connectString) {
    this.connectString = connectString;
    one = client();
    two = client();
  }

  CuratorFramework client() {
    return client(CuratorFrameworkFactory.builder());
  }

  CuratorFramework client(CuratorFrameworkFactory.Builder options) {
    CuratorFramework client =
        options
            .connectString(connectString)
            .sessionTimeoutMs(20_000)
            .connectionTimeoutMs(15_000)
            .retryPolicy(new ExponentialBackoffRetry(100, 10))
            .build();
    client.start();
    clients.add(client);
    return client;
  }

  void check(String name, Case body) {
    try {
      body.run();
      passed++;
      System.out.println("ok " + name);
    } catch (Throwable error) {
      failed++;
      System.out.println("FAILED " + name);
      error.printStackTrace();
    }
  }

  /** Closes the clients; the exit code of the program: 0 when all passed. */
  int end() {
    clients.forEach(CuratorFramework::close);
    if (failed > 0 || passed == 0) return 1;
    System.out.println("all " + passed + " passed");
    return 0;
  }

  static void same(Object actual, Object expected) {
    if (!Objects.equals(actual, expected)) throw new AssertionError(actual + " is not " + expected);
  }

  static void holds(boolean condition, Object what) {
    if (!condition) throw new AssertionError(String.valueOf(what));
  }

  static <E extends Exception> E raises(Class<E> kind, Case body) throws Exception {
    try {
      body.run();
    } catch (Exception error) {
      if (kind.isInstance(error)) return kind.cast(error);
      throw error;
    }
    throw new AssertionError(kind.getSimpleName() + " was expected");
  }

  /** Waits until the check is true; one that throws is asked again. */
  static void until(String what, Callable<Boolean> check) throws Exception {
    long giveUpAt = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_SECONDS);
    for (; ; ) {
      Exception last = null;
      try {
        if (check.call()) return;
      } catch (Exception error) {
        last = error;
      }
      if (System.nanoTime() > giveUpAt) throw new AssertionError("waited in vain for " + what, last);
      Thread.sleep(10);
    }
  }

  /** Runs it in a thread of its own; the future gives its value, or throws. */
  static <T> CompletableFuture<T> spawn(Callable<T> body) {
    CompletableFuture<T> future = new CompletableFuture<>();
    Thread thread =
        new Thread(
            () -> {
              try {
                future.complete(body.call());
              } catch (Throwable error) {
                future.completeExceptionally(error);
              }
            });
    thread.setDaemon(true);
    thread.start();
    return future;
  }

  static <T> T result(CompletableFuture<T> future) throws Exception {
    return future.get(LIMIT_SECONDS, TimeUnit.SECONDS);
  }

  static byte[] bytes(String text) {
    return text.getBytes(java.nio.charset.StandardCharsets.UTF_8);
  }

  static String text(byte[] bytes) {
    return new String(bytes, java.nio.charset.StandardCharsets.UTF_8);
  }
}
