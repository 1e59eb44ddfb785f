package io.walrus.benchmarks.server;

import io.walrus.benchmarks.report.Measured;
import io.walrus.benchmarks.report.MeasuringOptions;
import io.walrus.benchmarks.report.Metric;
import io.walrus.client.Fetched;
import io.walrus.client.WalrusClient;
import io.walrus.client.WalrusException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.stream.IntStream;

/// Restarts the nodes one after the other, over and over, under clients that put one entry at a time and go on with
/// another node as the protocol says. Measures the longest that one of them waited, and looks for all entries.
final class RestartRounds {
    static final String GROUP = "restart of each node in turn";
    private static final String SUBJECT = "Walrus";
    private static final long REST_MS = 500;
    private static final long STOP_SECONDS = 30;

    private final WalrusSystem nodes;
    private final MeasuringOptions options;
    private final List<String> topics;
    private final int clients;
    private final Set<String> acknowledged = ConcurrentHashMap.newKeySet();
    private final Queue<String> errors = new ConcurrentLinkedQueue<>();
    private final LongAccumulator longestNs = new LongAccumulator(Math::max, 0);
    private volatile boolean over;

    RestartRounds(WalrusSystem nodes, int topics, int clients, MeasuringOptions options) throws IOException {
        this.nodes = nodes;
        this.options = options;
        this.topics = IntStream.range(0, topics).mapToObj(i -> "topic-" + i).toList();
        this.clients = clients;
        nodes.register(this.topics);
    }

    void run() throws Exception {
        List<Thread> threads = IntStream.range(0, clients)
                .mapToObj(i -> Thread.ofPlatform().name("client-" + i).start(() -> putOneByOne(i)))
                .toList();
        TimeUnit.SECONDS.sleep(2);
        int round = options.samples().nextRound(GROUP);
        for (int last = round + options.rounds() * nodes.size(); round < last; round++) {
            restart(round, round % nodes.size());
        }
        over = true;
        for (Thread thread : threads) {
            thread.join();
        }
        check();
    }

    /// What a client does: it puts the next entry once the one before was answered.
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

    private void restart(int round, int node) throws IOException, InterruptedException {
        longestNs.reset();
        long startedNs = System.nanoTime();
        nodes.node(node).terminate(STOP_SECONDS);
        long stoppedNs = System.nanoTime();
        nodes.restart(node);
        nodes.awaitVoters();
        long servingNs = System.nanoTime();
        TimeUnit.MILLISECONDS.sleep(REST_MS);
        add(round, "SIGTERM to the end of the process", stoppedNs - startedNs);
        add(round, "start of the process to its first answer as a voter", servingNs - stoppedNs);
        add(round, "longest wait of a client", longestNs.get());
    }

    private void add(int round, String workload, long ns) throws IOException {
        options.add(new Measured(GROUP, workload, SUBJECT), round, Map.of(Metric.MILLIS, ns / 1e6));
    }

    /// Looks for all that was acknowledged.
    private void check() throws Exception {
        Map<String, Integer> found = new HashMap<>();
        for (String topic : topics) {
            read(topic, found);
        }
        long lost =
                acknowledged.stream().filter(entry -> !found.containsKey(entry)).count();
        options.say(
                "%d clients, %d topics: %,d entries acknowledged, %d of them lost, %d stored twice; errors: %s",
                clients,
                topics.size(),
                acknowledged.size(),
                lost,
                found.values().stream().filter(times -> times > 1).count(),
                errors);
        if (lost > 0) {
            throw new IOException(lost + " acknowledged entries are lost");
        }
    }

    private void read(String topic, Map<String, Integer> found) throws Exception {
        try (WalrusClient client = nodes.client(0)) {
            for (long segment : nodes.state(topic).segments()) {
                Fetched fetched = client.fetch(topic, segment, 0);
                while (fetched != null) {
                    String entry =
                            StandardCharsets.UTF_8.decode(fetched.payload()).toString();
                    found.merge(entry, 1, Integer::sum);
                    fetched = client.fetch(topic, segment, fetched.nextOffset());
                }
            }
        }
    }
}
