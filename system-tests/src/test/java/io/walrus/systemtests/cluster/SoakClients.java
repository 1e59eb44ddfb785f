package io.walrus.systemtests.cluster;

import io.walrus.systemtests.node.TopicState;
import io.walrus.testkit.cluster.ClusterHistory;
import io.walrus.testkit.cluster.SimRequest;
import io.walrus.testkit.cluster.SimRequest.Kind;
import io.walrus.testkit.cluster.SimRequest.Outcome;
import io.walrus.testkit.process.Together;
import io.walrus.testkit.process.Wire;
import io.walrus.testkit.process.WireReply;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;

/// Clients of all kinds at work on some topics through all nodes, until told to end: writers that put one entry at a
/// time or many, consumers that share the cursor, readers that follow a log by position, and watchers of its state.
/// All they are told goes into a history and into what was seen of the logs.
final class SoakClients implements AutoCloseable {
    private static final int LONE_WRITERS = 6;
    private static final int BURST_WRITERS = 3;
    private static final int LARGEST_BURST = 32;
    private static final int CONSUMERS = 6;
    private static final int WATCHERS = 2;
    private static final int MAX_ENTRY_BYTES = 200;
    private static final int FETCHES_AT_A_TIME = 64;
    private static final int LEAVES_AFTER_ROUNDS = 200;
    private static final long IDLE_MS = 20;

    /// What a client does over and over.
    @FunctionalInterface
    private interface Round {
        /// @return for how long to wait before the next one
        long run(RecordedConnection connection) throws IOException;
    }

    private final ClusterHistory history = new ClusterHistory();
    private final Map<String, LogSeen> seen = new LinkedHashMap<>();
    private final List<String> topics;
    private final InetSocketAddress[] nodes;
    private final long paceMs;
    private final AtomicLong numbers = new AtomicLong();
    private final CountDownLatch over = new CountDownLatch(1);
    private final CompletableFuture<Void> work;

    /// Starts them.
    ///
    /// @param paceMs how long a writer waits between its entries
    SoakClients(List<String> topics, long seed, long paceMs, InetSocketAddress... nodes) {
        this.topics = List.copyOf(topics);
        this.nodes = nodes.clone();
        this.paceMs = paceMs;
        topics.forEach(topic -> seen.put(topic, new LogSeen(topic)));
        List<Runnable> clients = new ArrayList<>();
        SplittableRandom seeds = new SplittableRandom(seed);
        for (int i = 0; i < LONE_WRITERS; i++) {
            SplittableRandom random = seeds.split();
            clients.add(() -> work(random, connection -> put(connection, random, 1)));
        }
        for (int i = 0; i < BURST_WRITERS; i++) {
            SplittableRandom random = seeds.split();
            clients.add(() -> work(random, connection -> put(connection, random, 1 + random.nextInt(LARGEST_BURST))));
        }
        for (int i = 0; i < CONSUMERS; i++) {
            SplittableRandom random = seeds.split();
            int underWay = i % 2 == 0 ? 1 : 8;
            clients.add(() -> work(random, connection -> get(connection, random, underWay)));
        }
        for (int i = 0; i < WATCHERS; i++) {
            SplittableRandom random = seeds.split();
            clients.add(() -> work(random, connection -> watch(connection, anyTopic(random))));
        }
        for (String topic : topics) {
            Follower follower = new Follower(topic);
            SplittableRandom random = seeds.split();
            clients.add(() -> work(random, follower::read));
        }
        this.work = CompletableFuture.runAsync(
                () -> Together.run(clients.size(), index -> clients.get(index).run()),
                task -> Thread.ofVirtual().start(task));
    }

    ClusterHistory history() {
        return history;
    }

    List<String> topics() {
        return topics;
    }

    LogSeen seen(String topic) {
        return Objects.requireNonNull(seen.get(topic));
    }

    RecordedConnection connect(int node) throws IOException {
        return new RecordedConnection(history, nodes[node - 1]);
    }

    SimRequest put(String topic, int bytes) {
        return SimRequest.put(topic, numbers.incrementAndGet(), bytes);
    }

    SimRequest request(Kind kind, String topic) {
        return SimRequest.of(kind, topic, numbers.incrementAndGet());
    }

    /// Waits, unless one of them fails in the meantime.
    void letWork(long millis) {
        try {
            work.get(millis, TimeUnit.MILLISECONDS);
        } catch (TimeoutException _) {
            return;
        } catch (ExecutionException e) {
            throw new AssertionError("a client found a fault: " + e.getCause(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /// Ends the work, once all that is under way was answered.
    void end() {
        over.countDown();
        work.join();
    }

    @Override
    public void close() {
        end();
    }

    private void work(SplittableRandom random, Round round) {
        int node = random.nextInt(nodes.length);
        long pauseMs = 0;
        while (!isOver(pauseMs)) {
            try (RecordedConnection connection = new RecordedConnection(history, nodes[node])) {
                do {
                    pauseMs = round.run(connection);
                } while (!isOver(pauseMs) && random.nextInt(LEAVES_AFTER_ROUNDS) > 0);
            } catch (IOException _) {
                pauseMs = IDLE_MS;
            }
            node = (node + 1 + random.nextInt(nodes.length - 1)) % nodes.length;
        }
    }

    private boolean isOver(long pauseMs) {
        try {
            return over.await(pauseMs, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /// The first topic is busiest, the last is rarely used.
    private String anyTopic(SplittableRandom random) {
        return topics.get(random.nextInt(1 + random.nextInt(topics.size())));
    }

    private long put(RecordedConnection connection, SplittableRandom random, int entries) throws IOException {
        String topic = anyTopic(random);
        for (int i = 0; i < entries; i++) {
            connection.send(put(topic, random.nextInt(MAX_ENTRY_BYTES)));
        }
        connection.flush();
        boolean taken = true;
        for (int i = 0; i < entries; i++) {
            taken &= connection.reply().outcome() == Outcome.OK;
        }
        return taken ? paceMs * (1 + entries / 2) : IDLE_MS;
    }

    private long get(RecordedConnection connection, SplittableRandom random, int entries) throws IOException {
        String topic = anyTopic(random);
        for (int i = 0; i < entries; i++) {
            connection.send(request(Kind.GET, topic));
        }
        connection.flush();
        boolean found = true;
        for (int i = 0; i < entries; i++) {
            found &= connection.reply().outcome() == Outcome.OK;
        }
        return found ? paceMs / 4 : IDLE_MS;
    }

    private long watch(RecordedConnection connection, String topic) throws IOException {
        TopicState state = connection.state(request(Kind.STATE, topic));
        if (state != null) {
            seen(topic).state(state);
        }
        return 10 * IDLE_MS;
    }

    /// Follows a topic's log from its beginning as it grows, as the protocol tells a consumer to.
    private final class Follower {
        private final String topic;
        private long segment = 1;
        private long offset;

        Follower(String topic) {
            this.topic = topic;
        }

        long read(RecordedConnection connection) throws IOException {
            Wire wire = connection.unrecorded();
            for (int i = 0; i < FETCHES_AT_A_TIME; i++) {
                wire.send("FETCH " + topic + " " + segment + " " + (offset + i));
            }
            wire.flush();
            List<WireReply> replies = new ArrayList<>();
            for (int i = 0; i < FETCHES_AT_A_TIME; i++) {
                replies.add(wire.reply());
            }
            for (WireReply reply : replies) {
                if (!reply.isOk()) {
                    return reply.isNotNow() || !wasLast(connection) ? IDLE_MS : 0;
                }
                seen(topic).entry(segment, offset, reply.fetched(offset + 1));
                offset++;
            }
            return 0;
        }

        /// Goes on to the next segment, if this one has no more.
        private boolean wasLast(RecordedConnection connection) throws IOException {
            TopicState state = connection.state(request(Kind.STATE, topic));
            if (state == null) {
                return false;
            }
            seen(topic).state(state);
            if (state.sealed().getOrDefault(segment, 0L) > offset || segment >= state.currentSegment()) {
                return false;
            }
            long next = state.sealed().tailMap(segment + 1).isEmpty()
                    ? state.currentSegment()
                    : state.sealed().tailMap(segment + 1).firstKey();
            segment = next;
            offset = 0;
            return true;
        }
    }
}
