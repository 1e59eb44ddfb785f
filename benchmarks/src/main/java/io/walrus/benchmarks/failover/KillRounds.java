package io.walrus.benchmarks.failover;

import io.walrus.benchmarks.Cluster;
import io.walrus.benchmarks.Spread;
import io.walrus.benchmarks.TopicView;
import io.walrus.client.Outcome;
import io.walrus.client.WalrusClient;
import io.walrus.client.WalrusException;
import io.walrus.protocol.Request;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;

/// Kills the node that leads the metadata and all topics, over and over, and measures how long it takes until another
/// node has an entry for each topic acknowledged.
final class KillRounds {
    /// Topics are moved to the node that is to be killed by filling segments.
    static final int SEGMENT_ENTRIES = 10;

    private static final int TIMEOUT_SECONDS = 60;
    private static final long RETRY_PAUSE_MS = 2;

    private final Cluster cluster;
    private final PrintWriter out;
    private final List<String> topics;

    KillRounds(Cluster cluster, int topics, PrintWriter out) throws IOException, InterruptedException {
        this.cluster = cluster;
        this.out = out;
        this.topics = IntStream.range(0, topics).mapToObj(i -> "topic-" + i).toList();
        try (WalrusClient client = cluster.connect(1)) {
            askAll(client, this.topics.stream().map(Request.Register::new).toList());
        }
    }

    void run(int rounds) throws IOException, InterruptedException {
        List<Double> medians = new ArrayList<>();
        List<Double> lasts = new ArrayList<>();
        for (int round = 1; round <= rounds; round++) {
            awaitThreeCopies();
            int gone = gather();
            List<Double> times = kill(gone);
            Spread spread = Spread.of(times);
            medians.add(spread.median());
            lasts.add(spread.max());
            out.printf(
                    Locale.ROOT,
                    "round %d, node %d killed: first %,.0f ms, median %,.0f ms, last %,.0f ms%n",
                    round,
                    gone,
                    spread.min(),
                    spread.median(),
                    spread.max());
            out.flush();
            cluster.start(gone);
            cluster.awaitServing();
        }
        out.printf(
                "%d topics, %d rounds, ms from kill -9 to an acknowledged entry, min / median / max of the rounds:%n",
                topics.size(), rounds);
        out.printf("  half of the topics: %s%n  all topics: %s%n", Spread.of(medians), Spread.of(lasts));
        out.flush();
    }

    private void awaitThreeCopies() throws IOException, InterruptedException {
        cluster.await("three copies of all open segments", () -> {
            try (WalrusClient client = cluster.connect(1)) {
                return views(client).values().stream().allMatch(view -> view.replicas() == cluster.size());
            }
        });
    }

    /// Has all topics led by the node that leads the metadata.
    private int gather() throws IOException, InterruptedException {
        int[] leader = new int[1];
        cluster.await("all topics to be led by one node", () -> {
            leader[0] = cluster.metadataLeader();
            List<Request> puts = new ArrayList<>();
            try (WalrusClient client = cluster.connect(leader[0])) {
                views(client).forEach((topic, view) -> {
                    if (view.leader() != leader[0]) {
                        for (long i = Math.max(0, view.entries()); i < SEGMENT_ENTRIES; i++) {
                            puts.add(put(topic));
                        }
                    }
                });
                askAll(client, puts);
            }
            return puts.isEmpty();
        });
        return leader[0];
    }

    private Map<String, TopicView> views(WalrusClient client) throws IOException, InterruptedException {
        List<Outcome> states =
                askAll(client, topics.stream().map(Request.State::new).toList());
        Map<String, TopicView> views = new HashMap<>();
        for (int i = 0; i < topics.size(); i++) {
            if (states.get(i) instanceof Outcome.Done(ByteBuffer json) && json != null) {
                byte[] bytes = new byte[json.remaining()];
                json.duplicate().get(bytes);
                views.put(topics.get(i), TopicView.of(new String(bytes, java.nio.charset.StandardCharsets.UTF_8)));
            } else {
                throw new IOException("STATE " + topics.get(i) + ": " + states.get(i));
            }
        }
        return views;
    }

    /// Many at once; whatever is refused is in the outcomes.
    private static List<Outcome> askAll(WalrusClient client, Collection<? extends Request> requests)
            throws InterruptedException {
        List<java.util.concurrent.CompletableFuture<Outcome>> futures =
                requests.stream().map(request -> client.submit(request)).toList();
        List<Outcome> outcomes = new ArrayList<>();
        for (var future : futures) {
            outcomes.add(future.join());
        }
        return outcomes;
    }

    private static Request put(String topic) {
        return new Request.Put(topic, ByteBuffer.wrap(new byte[100]));
    }

    private record Answer(String topic, Outcome outcome, long atNs) {}

    /// @return for each topic the milliseconds from the kill to its first acknowledged entry
    private List<Double> kill(int gone) throws WalrusException, IOException, InterruptedException {
        int other = gone % cluster.size() + 1;
        Set<String> pending = new TreeSet<>(topics);
        List<Double> times = new ArrayList<>();
        BlockingQueue<Answer> answers = new LinkedBlockingQueue<>();
        try (WalrusClient client = cluster.connect(other)) {
            long killedNs = System.nanoTime();
            cluster.kill9(gone);
            topics.forEach(topic -> submit(client, topic, answers));
            while (!pending.isEmpty()) {
                Answer answer = answers.poll(TIMEOUT_SECONDS, TimeUnit.SECONDS);
                if (answer == null) {
                    throw new IOException(pending.size() + " topics take no entries");
                }
                if (answer.outcome() instanceof Outcome.Done) {
                    pending.remove(answer.topic());
                    times.add((answer.atNs() - killedNs) / 1e6);
                } else {
                    TimeUnit.MILLISECONDS.sleep(answers.isEmpty() ? RETRY_PAUSE_MS : 0);
                    submit(client, answer.topic(), answers);
                }
            }
        }
        return times;
    }

    private static void submit(WalrusClient client, String topic, BlockingQueue<Answer> answers) {
        client.submit(put(topic), outcome -> answers.add(new Answer(topic, outcome, System.nanoTime())));
    }
}
