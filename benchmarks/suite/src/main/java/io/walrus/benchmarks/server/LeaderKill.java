package io.walrus.benchmarks.server;

import io.walrus.testkit.process.ServerProcess;
import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;

/// How long nothing is acknowledged after the leader of topics is killed.
final class LeaderKill {
    private static final long TIMEOUT_NS = TimeUnit.SECONDS.toNanos(60);
    /// An entry may be acknowledged yet after that; another one may be sooner.
    private static final long RETRY_NS = TimeUnit.MILLISECONDS.toNanos(200);

    private static final long PAUSE_MS = 2;
    /// What the dead node had sent before is still read for a moment.
    private static final long STRAGGLERS_NS = TimeUnit.MILLISECONDS.toNanos(20);

    private LeaderKill() {}

    private record Attempt(long sentNs, CompletableFuture<?> put) {
        boolean isOver() {
            return put.isDone() || System.nanoTime() - sentNs > RETRY_NS;
        }
    }

    /// Kills a node and puts into topics, again after each error.
    ///
    /// @param leader of all of them
    /// @return for each topic the milliseconds from the kill to its first acknowledged entry
    public static List<Double> measure(EntryWriter writer, List<String> topics, ServerProcess leader)
            throws IOException, InterruptedException {
        byte[] payload = new byte[TestedSystem.PAYLOAD_BYTES];
        Map<String, Double> times = new ConcurrentHashMap<>();
        Map<String, Attempt> attempts = new HashMap<>();
        long killedNs = System.nanoTime();
        leader.kill9();
        while (times.size() < topics.size()) {
            if (System.nanoTime() - killedNs > TIMEOUT_NS) {
                throw new IOException(topics.size() - times.size() + " topics took no entry for a minute");
            }
            for (String topic : topics) {
                Attempt last = attempts.get(topic);
                if (!times.containsKey(topic) && (last == null || last.isOver())) {
                    CompletableFuture<?> put = writer.put(topic, payload).thenRun(() -> {
                        long afterNs = System.nanoTime() - killedNs;
                        if (afterNs > STRAGGLERS_NS) {
                            times.putIfAbsent(topic, afterNs / 1e6);
                        }
                    });
                    attempts.put(topic, new Attempt(System.nanoTime(), put));
                }
            }
            TimeUnit.MILLISECONDS.sleep(PAUSE_MS);
        }
        return List.copyOf(times.values());
    }
}
