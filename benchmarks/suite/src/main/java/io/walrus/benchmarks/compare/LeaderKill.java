package io.walrus.benchmarks.compare;

import java.io.IOException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/// How long nothing is acknowledged after the leader of a topic, which also coordinates the cluster if that can be
/// had, is killed.
final class LeaderKill {
    private static final int WARM_UP_PUTS = 2000;
    private static final long TIMEOUT_NS = TimeUnit.SECONDS.toNanos(60);
    private static final long RETRY_MS = 200;
    private static final long PAUSE_MS = 5;
    /// What the dead node had sent before is still read for a moment.
    private static final long STRAGGLERS_NS = TimeUnit.MILLISECONDS.toNanos(20);

    private LeaderKill() {}

    /// In milliseconds.
    static double measure(ComparedSystem system) throws IOException, InterruptedException {
        String topic = system.topicOfTheCoordinator();
        byte[] payload = new byte[ComparedSystem.PAYLOAD_BYTES];
        try (EntryWriter writer = system.writer(system.leader(topic))) {
            for (int i = 0; i < WARM_UP_PUTS; i++) {
                try {
                    writer.put(topic, payload).get(30, TimeUnit.SECONDS);
                } catch (ExecutionException | TimeoutException e) {
                    throw new IOException("a put failed before anything was killed: " + e, e);
                }
            }
            int victim = system.victim(topic);
            long killedNs = System.nanoTime();
            system.nodes().get(victim).kill9();
            return (firstAcknowledged(writer, topic, payload, killedNs) - killedNs) / 1e6;
        }
    }

    private static long firstAcknowledged(EntryWriter writer, String topic, byte[] payload, long killedNs)
            throws IOException, InterruptedException {
        AtomicLong acknowledgedNs = new AtomicLong();
        while (acknowledgedNs.get() == 0) {
            if (System.nanoTime() - killedNs > TIMEOUT_NS) {
                throw new IOException("nothing was acknowledged for a minute after the leader was killed");
            }
            CompletableFuture<?> put = writer.put(topic, payload).thenRun(() -> {
                long nowNs = System.nanoTime();
                if (nowNs - killedNs > STRAGGLERS_NS) {
                    acknowledgedNs.compareAndSet(0, nowNs);
                }
            });
            try {
                put.get(RETRY_MS, TimeUnit.MILLISECONDS);
            } catch (ExecutionException _) {
                TimeUnit.MILLISECONDS.sleep(PAUSE_MS);
            } catch (TimeoutException _) {
                // It may be acknowledged yet; another one may be sooner.
            }
        }
        return acknowledgedNs.get();
    }
}
