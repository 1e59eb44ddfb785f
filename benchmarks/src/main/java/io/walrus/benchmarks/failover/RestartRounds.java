package io.walrus.benchmarks.failover;

import io.walrus.benchmarks.Cluster;
import io.walrus.benchmarks.Spread;
import io.walrus.benchmarks.TopicView;
import io.walrus.client.ClientOptions;
import io.walrus.client.Fetched;
import io.walrus.client.NodeAddress;
import io.walrus.client.WalrusClient;
import io.walrus.client.WalrusException;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/// Restarts the nodes one after the other, over and over, under clients that put one entry at a time and go on with
/// another node as the protocol says; measures the longest that one of them waited, and looks for all entries.
final class RestartRounds {
    private static final long REST_MS = 500;

    private final Cluster cluster;
    private final PrintWriter out;
    private final List<String> topics;
    private final List<Client> clients = new ArrayList<>();
    private volatile boolean over;

    RestartRounds(Cluster cluster, int topics, int clients, PrintWriter out) throws IOException, InterruptedException {
        this.cluster = cluster;
        this.out = out;
        this.topics = IntStream.range(0, topics).mapToObj(i -> "topic-" + i).toList();
        try (WalrusClient client = cluster.connect(1)) {
            for (String topic : this.topics) {
                client.register(topic);
            }
        }
        for (int i = 0; i < clients; i++) {
            List<NodeAddress> addresses = new ArrayList<>(cluster.addresses());
            Collections.rotate(addresses, i);
            this.clients.add(new Client(i, this.topics.get(i % topics), addresses));
        }
    }

    void run(int rounds) throws IOException, InterruptedException {
        List<Thread> threads = clients.stream()
                .map(client ->
                        Thread.ofPlatform().name("client-" + client.number).start(client))
                .toList();
        List<Double> pauses = new ArrayList<>();
        TimeUnit.SECONDS.sleep(2);
        for (int round = 1; round <= rounds; round++) {
            for (int id = 1; id <= cluster.size(); id++) {
                clients.forEach(client -> client.longest = Pause.NONE);
                long startedNs = System.nanoTime();
                cluster.terminate(id);
                long stoppedNs = System.nanoTime();
                cluster.start(id);
                cluster.awaitServing();
                long servingNs = System.nanoTime();
                TimeUnit.MILLISECONDS.sleep(REST_MS);
                Pause pause = clients.stream()
                        .map(client -> client.longest)
                        .max(Comparator.comparingLong(Pause::lengthNs))
                        .orElse(Pause.NONE);
                pauses.add(pause.lengthNs() / 1e6);
                out.printf(
                        Locale.ROOT,
                        "round %d, node %d: stopped in %,d ms, back after %,d ms more; longest pause %,d ms, from %,d ms on%n",
                        round,
                        id,
                        (stoppedNs - startedNs) / 1_000_000,
                        (servingNs - stoppedNs) / 1_000_000,
                        pause.lengthNs() / 1_000_000,
                        (pause.startNs() - startedNs) / 1_000_000);
                out.flush();
            }
        }
        over = true;
        for (Thread thread : threads) {
            thread.join();
        }
        report(pauses);
    }

    private void report(List<Double> pauses) throws IOException, InterruptedException {
        Map<String, Integer> found = new HashMap<>();
        for (String topic : topics) {
            read(topic, found);
        }
        long acknowledged =
                clients.stream().mapToLong(client -> client.acknowledged.size()).sum();
        long lost = clients.stream()
                .flatMap(client -> client.acknowledged.stream())
                .filter(entry -> !found.containsKey(entry))
                .count();
        long twice = found.values().stream().filter(times -> times > 1).count();
        out.printf(
                "%d restarts under %d clients on %d topics: longest pause in ms, min / median / max: %s%n",
                pauses.size(), clients.size(), topics.size(), Spread.of(pauses));
        out.printf(
                "  %,d entries acknowledged, %d of them lost, %d stored twice; %d errors seen%n",
                acknowledged,
                lost,
                twice,
                clients.stream().mapToInt(client -> client.errors.size()).sum());
        clients.forEach(client -> client.errors.forEach(error -> out.println("  " + error)));
        out.flush();
    }

    private void read(String topic, Map<String, Integer> found) throws IOException, InterruptedException {
        try (WalrusClient client = cluster.connect(1)) {
            for (long segment : TopicView.of(client, topic).segments()) {
                long offset = 0;
                Fetched fetched = client.fetch(topic, segment, offset);
                while (fetched != null) {
                    found.merge(text(fetched.payload()), 1, Integer::sum);
                    fetched = client.fetch(topic, segment, fetched.nextOffset());
                }
            }
        }
    }

    private static String text(ByteBuffer bytes) {
        return StandardCharsets.UTF_8.decode(bytes.duplicate()).toString();
    }

    private record Pause(long startNs, long lengthNs) {
        static final Pause NONE = new Pause(0, 0);
    }

    private final class Client implements Runnable {
        private final int number;
        private final String topic;
        private final List<NodeAddress> addresses;
        private final Set<String> acknowledged = new HashSet<>();
        private final List<String> errors = Collections.synchronizedList(new ArrayList<>());
        private volatile Pause longest = Pause.NONE;

        Client(int number, String topic, List<NodeAddress> addresses) {
            this.number = number;
            this.topic = topic;
            this.addresses = addresses;
        }

        @Override
        public void run() {
            try (WalrusClient client = WalrusClient.connect(addresses, ClientOptions.DEFAULT)) {
                for (int i = 0; !over; i++) {
                    put(client, number + ":" + i);
                }
            } catch (WalrusException e) {
                errors.add(e.getMessage());
            } catch (InterruptedException _) {
                Thread.currentThread().interrupt();
            }
        }

        private void put(WalrusClient client, String entry) throws InterruptedException {
            long startedNs = System.nanoTime();
            try {
                client.put(topic, entry.getBytes(StandardCharsets.UTF_8));
                acknowledged.add(entry);
            } catch (WalrusException e) {
                errors.add(e.getMessage());
            }
            Pause pause = new Pause(startedNs, System.nanoTime() - startedNs);
            longest = pause.lengthNs() > longest.lengthNs() ? pause : longest;
        }
    }
}
