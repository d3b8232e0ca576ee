import static java.util.concurrent.TimeUnit.MILLISECONDS;
import static java.util.concurrent.TimeUnit.SECONDS;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.curator.framework.CuratorFramework;
import org.apache.curator.framework.recipes.atomic.DistributedAtomicLong;
import org.apache.curator.framework.recipes.atomic.PromotedToLock;
import org.apache.curator.framework.recipes.barriers.DistributedBarrier;
import org.apache.curator.framework.recipes.barriers.DistributedDoubleBarrier;
import org.apache.curator.framework.recipes.leader.LeaderLatch;
import org.apache.curator.framework.recipes.leader.LeaderSelector;
import org.apache.curator.framework.recipes.leader.LeaderSelectorListenerAdapter;
import org.apache.curator.framework.recipes.locks.InterProcessMultiLock;
import org.apache.curator.framework.recipes.locks.InterProcessMutex;
import org.apache.curator.framework.recipes.locks.InterProcessReadWriteLock;
import org.apache.curator.framework.recipes.locks.InterProcessSemaphoreMutex;
import org.apache.curator.framework.recipes.locks.InterProcessSemaphoreV2;
import org.apache.curator.framework.recipes.locks.Lease;
import org.apache.curator.framework.recipes.locks.Revoker;
import org.apache.curator.framework.recipes.shared.SharedCount;
import org.apache.curator.framework.recipes.shared.SharedValue;
import org.apache.curator.retry.ExponentialBackoffRetry;
import org.apache.curator.retry.RetryNTimes;

/** Curator's locks, leaders, barriers and counters. */
final class CuratorLocks {
  private static final long LIMIT = Cases.LIMIT_SECONDS;

  private CuratorLocks() {}

  static void run(Cases cases) {
    CuratorFramework one = cases.one;
    CuratorFramework two = cases.two;
    cases.check("mutex", () -> mutex(one, two));
    cases.check("mutex of an ended session", () -> mutexOfAnEndedSession(cases.client(), two));
    cases.check("mutex counts without losing any", () -> counts(one, two));
    cases.check("revocable mutex", () -> revocable(one, two));
    cases.check("multi lock", () -> multiLock(one, two));
    cases.check("read/write lock", () -> readWriteLock(one, two));
    cases.check("semaphore", () -> semaphore(one, two));
    cases.check("leader selector", () -> leaderSelector(one, two));
    cases.check("leader latch", () -> leaderLatch(one, two));
    cases.check("barrier", () -> barrier(one, two));
    cases.check("double barrier", () -> doubleBarrier(one, two));
    cases.check("atomic long", () -> atomicLong(one, two));
    cases.check("shared count and value", () -> shared(one, two));
  }

  private static void mutex(CuratorFramework one, CuratorFramework two) throws Exception {
    InterProcessMutex mine = new InterProcessMutex(one, "/c/mutex");
    InterProcessMutex other = new InterProcessMutex(two, "/c/mutex");
    mine.acquire();
    Cases.holds(mine.acquire(1, SECONDS), "it is re-entrant");
    Cases.same(other.acquire(100, MILLISECONDS), false);
    CompletableFuture<Boolean> waiting = Cases.spawn(() -> acquireAndRelease(other));
    Cases.until("the contender", () -> mine.getParticipantNodes().size() == 2);
    for (String path : mine.getParticipantNodes())
      Cases.holds(path.matches("/c/mutex/_c_[0-9a-f-]{36}-lock-\\d{10}"), path);
    mine.release();
    Cases.holds(!waiting.isDone(), "held once more");
    mine.release();
    Cases.same(Cases.result(waiting), true);
    Cases.same(mine.isAcquiredInThisProcess(), false);
  }

  private static boolean acquireAndRelease(InterProcessMutex mutex) throws Exception {
    boolean acquired = mutex.acquire(LIMIT, SECONDS);
    if (acquired) mutex.release();
    return acquired;
  }

  private static void mutexOfAnEndedSession(CuratorFramework gone, CuratorFramework two)
      throws Exception {
    new InterProcessMutex(gone, "/c/ended").acquire();
    InterProcessMutex mutex = new InterProcessMutex(two, "/c/ended");
    CompletableFuture<Boolean> waiting = Cases.spawn(() -> acquireAndRelease(mutex));
    Cases.until("the contender", () -> mutex.getParticipantNodes().size() == 2);
    gone.close();
    Cases.same(Cases.result(waiting), true);
  }

  private static void counts(CuratorFramework... clients) throws Exception {
    AtomicInteger holders = new AtomicInteger();
    AtomicInteger count = new AtomicInteger();
    List<CompletableFuture<Void>> all = new ArrayList<>();
    for (CuratorFramework client : clients)
      for (int thread = 0; thread < 2; thread++)
        all.add(
            Cases.spawn(
                () -> {
                  InterProcessMutex mutex = new InterProcessMutex(client, "/c/counted");
                  for (int turn = 0; turn < 10; turn++) {
                    mutex.acquire();
                    Cases.same(holders.incrementAndGet(), 1);
                    count.incrementAndGet();
                    holders.decrementAndGet();
                    mutex.release();
                  }
                  return null;
                }));
    for (CompletableFuture<Void> each : all) Cases.result(each);
    Cases.same(count.get(), 20 * clients.length);
  }

  private static void revocable(CuratorFramework one, CuratorFramework two) throws Exception {
    InterProcessMutex mutex = new InterProcessMutex(one, "/c/revocable");
    CountDownLatch asked = new CountDownLatch(1);
    mutex.makeRevocable(forLock -> asked.countDown());
    mutex.acquire();
    String path = mutex.getParticipantNodes().iterator().next();
    // The other client may stand behind.
    two.sync().forPath(path);
    Revoker.attemptRevoke(two, path);
    Cases.holds(asked.await(LIMIT, SECONDS), "the holder is asked to release");
    mutex.release();
  }

  private static void multiLock(CuratorFramework one, CuratorFramework two) throws Exception {
    List<String> paths = List.of("/c/multi-a", "/c/multi-b");
    InterProcessMultiLock both = new InterProcessMultiLock(one, paths);
    both.acquire();
    InterProcessMutex single = new InterProcessMutex(two, "/c/multi-b");
    Cases.same(single.acquire(100, MILLISECONDS), false);
    both.release();
    Cases.holds(acquireAndRelease(single), "free");
    InterProcessSemaphoreMutex plain = new InterProcessSemaphoreMutex(one, "/c/semaphore-mutex");
    plain.acquire();
    Cases.same(new InterProcessSemaphoreMutex(two, "/c/semaphore-mutex").acquire(100, MILLISECONDS), false);
    plain.release();
  }

  private static void readWriteLock(CuratorFramework one, CuratorFramework two) throws Exception {
    InterProcessReadWriteLock mine = new InterProcessReadWriteLock(one, "/c/rw");
    InterProcessReadWriteLock other = new InterProcessReadWriteLock(two, "/c/rw");
    mine.readLock().acquire();
    Cases.holds(other.readLock().acquire(LIMIT, SECONDS), "readers share");
    Cases.same(other.writeLock().acquire(100, MILLISECONDS), false);
    other.readLock().release();
    CompletableFuture<Boolean> writing = Cases.spawn(() -> acquireAndRelease(other.writeLock()));
    Cases.until("the writer", () -> mine.writeLock().getParticipantNodes().size() == 1);
    Cases.holds(!writing.isDone(), "the reader is still there");
    mine.readLock().release();
    Cases.same(Cases.result(writing), true);
    mine.writeLock().acquire();
    mine.readLock().acquire();
    mine.writeLock().release();
    Cases.same(other.writeLock().acquire(100, MILLISECONDS), false);
    mine.readLock().release();
  }

  private static void semaphore(CuratorFramework one, CuratorFramework two) throws Exception {
    InterProcessSemaphoreV2 mine = new InterProcessSemaphoreV2(one, "/c/semaphore", 2);
    InterProcessSemaphoreV2 other = new InterProcessSemaphoreV2(two, "/c/semaphore", 2);
    Lease first = mine.acquire();
    Lease second = other.acquire(LIMIT, SECONDS);
    Cases.holds(second != null, "two leases");
    Cases.same(mine.acquire(100, MILLISECONDS), null);
    CompletableFuture<Lease> waiting = Cases.spawn(() -> other.acquire(LIMIT, SECONDS));
    mine.returnLease(first);
    Lease third = Cases.result(waiting);
    Cases.holds(third != null, "the lease that was returned");
    other.returnAll(List.of(second, third));
    SharedCount leases = new SharedCount(one, "/c/semaphore-leases", 3);
    leases.start();
    InterProcessSemaphoreV2 counted = new InterProcessSemaphoreV2(one, "/c/counted-semaphore", leases);
    Cases.same(counted.acquire(3, LIMIT, SECONDS).size(), 3);
    leases.close();
  }

  private static void leaderSelector(CuratorFramework... clients) throws Exception {
    List<String> order = Collections.synchronizedList(new ArrayList<>());
    AtomicInteger leaders = new AtomicInteger();
    List<LeaderSelector> selectors = new ArrayList<>();
    for (int index = 0; index < clients.length; index++) {
      String name = "candidate-" + index;
      LeaderSelector selector =
          new LeaderSelector(
              clients[index],
              "/c/selector",
              new LeaderSelectorListenerAdapter() {
                @Override
                public void takeLeadership(CuratorFramework client) throws Exception {
                  if (leaders.incrementAndGet() != 1) order.add("two at a time");
                  order.add(name);
                  Thread.sleep(5);
                  leaders.decrementAndGet();
                }
              });
      selector.setId(name);
      selector.autoRequeue();
      selectors.add(selector);
      selector.start();
    }
    Cases.until("each to lead twice", () ->
        Collections.frequency(order, "candidate-0") >= 2
            && Collections.frequency(order, "candidate-1") >= 2);
    Cases.until("the leader to be told", () -> selectors.get(0).getLeader().isLeader());
    Cases.until("both candidates", () -> selectors.get(0).getParticipants().size() == 2);
    selectors.forEach(LeaderSelector::close);
    Cases.holds(!order.contains("two at a time"), order);
  }

  private static void leaderLatch(CuratorFramework one, CuratorFramework two) throws Exception {
    LeaderLatch mine = new LeaderLatch(one, "/c/latch", "one");
    LeaderLatch other = new LeaderLatch(two, "/c/latch", "two");
    mine.start();
    Cases.holds(mine.await(LIMIT, SECONDS), "alone");
    other.start();
    Cases.until("both", () -> mine.getParticipants().size() == 2);
    Cases.same(other.hasLeadership(), false);
    Cases.same(other.getLeader().getId(), "one");
    mine.close();
    Cases.holds(other.await(LIMIT, SECONDS), "the next");
    other.close();
  }

  private static void barrier(CuratorFramework one, CuratorFramework two) throws Exception {
    DistributedBarrier barrier = new DistributedBarrier(one, "/c/barrier");
    barrier.setBarrier();
    two.sync().forPath("/c/barrier");
    DistributedBarrier other = new DistributedBarrier(two, "/c/barrier");
    Cases.same(other.waitOnBarrier(100, MILLISECONDS), false);
    CompletableFuture<Boolean> waiting = Cases.spawn(() -> other.waitOnBarrier(LIMIT, SECONDS));
    barrier.removeBarrier();
    Cases.same(Cases.result(waiting), true);
  }

  private static void doubleBarrier(CuratorFramework one, CuratorFramework two) throws Exception {
    DistributedDoubleBarrier mine = new DistributedDoubleBarrier(one, "/c/double", 2);
    DistributedDoubleBarrier other = new DistributedDoubleBarrier(two, "/c/double", 2);
    CompletableFuture<Boolean> entering = Cases.spawn(() -> mine.enter(LIMIT, SECONDS));
    Cases.until("the first", () -> one.getChildren().forPath("/c/double").size() == 1);
    Cases.holds(!entering.isDone(), "one of two");
    Cases.holds(other.enter(LIMIT, SECONDS) && Cases.result(entering), "both entered");
    CompletableFuture<Boolean> leaving = Cases.spawn(() -> mine.leave(LIMIT, SECONDS));
    Cases.holds(other.leave(LIMIT, SECONDS) && Cases.result(leaving), "both left");
  }

  private static void atomicLong(CuratorFramework... clients) throws Exception {
    List<CompletableFuture<Void>> all = new ArrayList<>();
    for (CuratorFramework client : clients)
      all.add(
          Cases.spawn(
              () -> {
                PromotedToLock lock =
                    PromotedToLock.builder()
                        .lockPath("/c/atomic-lock")
                        .retryPolicy(new RetryNTimes(20, 5))
                        .build();
                DistributedAtomicLong value =
                    new DistributedAtomicLong(
                        client, "/c/atomic", new ExponentialBackoffRetry(1, 5), lock);
                for (int turn = 0; turn < 20; turn++)
                  Cases.holds(value.increment().succeeded(), "counted");
                return null;
              }));
    for (CompletableFuture<Void> each : all) Cases.result(each);
    clients[0].sync().forPath("/c/atomic");
    DistributedAtomicLong value =
        new DistributedAtomicLong(clients[0], "/c/atomic", new RetryNTimes(3, 5));
    Cases.same(value.get().postValue(), 20L * clients.length);
    Cases.same(value.compareAndSet(1L, 2L).succeeded(), false);
    Cases.same(value.trySet(-5L).postValue(), -5L);
  }

  private static void shared(CuratorFramework one, CuratorFramework two) throws Exception {
    SharedCount mine = new SharedCount(one, "/c/count", 7);
    mine.start();
    Cases.same(mine.getCount(), 7);
    SharedCount other = new SharedCount(two, "/c/count", 7);
    other.start();
    Cases.holds(mine.trySetCount(mine.getVersionedValue(), 8), "nobody was before");
    Cases.until("the other to see it", () -> other.getCount() == 8);
    other.setCount(9);
    Cases.until("the change", () -> mine.getCount() == 9);
    mine.close();
    other.close();
    SharedValue value = new SharedValue(one, "/c/value", Cases.bytes("seed"));
    value.start();
    value.setValue(Cases.bytes("text"));
    Cases.same(Cases.text(value.getValue()), "text");
    value.close();
  }
}
