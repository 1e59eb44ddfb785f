package io.walrus.benchmarks.server;

import io.walrus.client.Fetched;
import io.walrus.client.WalrusClient;
import io.walrus.client.WalrusException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.stream.IntStream;

/// Clients that put one entry at a time, go on with another node as the protocol says, and look for all entries at the
/// end.
final class RestartClients {
    private final WalrusSystem nodes;
    private final List<String> topics;
    private final List<Thread> threads;
    private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
    private final Queue<String> errors = new ConcurrentLinkedQueue<>();
    private final LongAccumulator longestNs = new LongAccumulator(Math::max, 0);
    private volatile boolean over;

    RestartClients(WalrusSystem nodes, List<String> topics, int count) {
        this.nodes = nodes;
        this.topics = topics;
        threads = IntStream.range(0, count)
                .mapToObj(i -> Thread.ofPlatform().name("client-" + i).unstarted(() -> putOneByOne(i)))
                .toList();
    }

    RestartClients start() {
        threads.forEach(Thread::start);
        return this;
    }

    /// The longest that one of them waited since this was last asked.
    double longestMillis() {
        return longestNs.getThenReset() / 1e6;
    }

    private void putOneByOne(int number) {
        String topic = topics.get(number % topics.size());
        try (WalrusClient client = nodes.client(number % nodes.size())) {
            for (int i = 0; !over; i++) {
                String entry = number + ":" + i;
                long startedNs = System.nanoTime();
                try {
                    client.put(topic, entry.getBytes(StandardCharsets.UTF_8));
                    acknowledged.add(entry);
                } catch (WalrusException e) {
                    errors.add(e.getMessage());
                }
                longestNs.accumulate(System.nanoTime() - startedNs);
            }
        } catch (IOException e) {
            errors.add(e.getMessage());
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
    }

    /// Ends them, looks for all that was acknowledged, and says what became of the entries.
    String end() throws IOException, WalrusException, InterruptedException {
        over = true;
        for (Thread thread : threads) {
            thread.join();
        }
        int stored = 0;
        Set<String> found = new HashSet<>();
        try (WalrusClient client = nodes.client(0)) {
            for (String topic : topics) {
                for (long segment : nodes.state(topic).segments()) {
                    Fetched fetched = client.fetch(topic, segment, 0);
                    while (fetched != null) {
                        stored++;
                        found.add(
                                StandardCharsets.UTF_8.decode(fetched.payload()).toString());
                        fetched = client.fetch(topic, segment, fetched.nextOffset());
                    }
                }
            }
        }
        int twice = stored - found.size();
        acknowledged.removeAll(found);
        if (!acknowledged.isEmpty()) {
            throw new IOException(acknowledged.size() + " acknowledged entries are lost");
        }
        return threads.size() + " clients: none of " + found.size() + " entries lost, " + twice
                + " stored twice; errors: " + errors;
    }
}
