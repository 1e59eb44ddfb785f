package io.walrus.benchmarks.scaling;

import io.walrus.benchmarks.Cluster;
import io.walrus.benchmarks.TopicView;
import io.walrus.client.ClientOptions;
import io.walrus.client.Outcome;
import io.walrus.client.WalrusClient;
import io.walrus.protocol.Request;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import java.util.function.Predicate;

/// The topics of one step.
///
/// @param led by node, only of nodes that lead any
/// @param registerSeconds until all were registered
/// @param repeats how many requests for it had to be sent again
record Topics(NavigableMap<Integer, List<String>> led, double registerSeconds, int repeats) {
    /// Each new topic is a proposal to the cluster's metadata, which takes only so many at a time.
    private static final int UNDER_WAY = 16;

    private static final long TIMEOUT_NS = TimeUnit.MINUTES.toNanos(5);
    private static final int MOST_PER_NODE = 20;

    /// Registers topics, whose names have the same length.
    static Topics register(Cluster cluster, int count) throws IOException, InterruptedException {
        try (WalrusClient client =
                WalrusClient.connect(cluster.addresses(), ClientOptions.DEFAULT.withMaxRequestsUnderWay(UNDER_WAY))) {
            return register(client, cluster.size(), 0, count);
        }
    }

    /// Registers topics until each node leads one, and takes one of each.
    static Topics oneOfEachNode(Cluster cluster) throws IOException, InterruptedException {
        NavigableMap<Integer, List<String>> led = new TreeMap<>();
        try (WalrusClient client =
                WalrusClient.connect(cluster.addresses(), ClientOptions.DEFAULT.withMaxRequestsUnderWay(UNDER_WAY))) {
            for (int i = 0; led.size() < cluster.size(); i++) {
                if (i == cluster.size() * MOST_PER_NODE) {
                    throw new IOException("of " + i + " topics none is led by some of the nodes, only by " + led);
                }
                register(client, cluster.size(), i, 1).led().forEach(led::putIfAbsent);
            }
        }
        return new Topics(led, Double.NaN, 0);
    }

    private static Topics register(WalrusClient client, int nodes, int first, int count)
            throws IOException, InterruptedException {
        List<String> names = new ArrayList<>();
        for (int i = first; i < first + count; i++) {
            names.add(String.format(Locale.ROOT, "scale-%06d", i));
        }
        long startNs = System.nanoTime();
        int[] repeats = new int[1];
        ask(client, names, Request.Register::new, outcome -> outcome instanceof Outcome.Done, repeats);
        double seconds = (System.nanoTime() - startNs) / 1e9;
        NavigableMap<Integer, List<String>> led = new TreeMap<>();
        if (nodes == 1) {
            led.put(1, names);
        } else {
            Map<String, Outcome> states =
                    ask(client, names, Request.State::new, outcome -> leader(outcome) > 0, new int[1]);
            states.forEach((name, state) ->
                    led.computeIfAbsent(leader(state), _ -> new ArrayList<>()).add(name));
        }
        return new Topics(led, seconds, repeats[0]);
    }

    private static int leader(Outcome state) {
        if (state instanceof Outcome.Done(ByteBuffer json) && json != null) {
            return TopicView.of(StandardCharsets.UTF_8.decode(json.duplicate()).toString())
                    .leader();
        }
        return -1;
    }

    /// Asks for each until the answer is good.
    private static Map<String, Outcome> ask(
            WalrusClient client,
            List<String> names,
            Function<String, Request> request,
            Predicate<Outcome> isGood,
            int[] repeats)
            throws IOException, InterruptedException {
        long deadlineNs = System.nanoTime() + TIMEOUT_NS;
        Map<String, Outcome> good = new LinkedHashMap<>();
        List<String> pending = names;
        while (!pending.isEmpty()) {
            List<CompletableFuture<Outcome>> asked = new ArrayList<>();
            for (String name : pending) {
                asked.add(client.submit(request.apply(name)));
            }
            List<String> again = new ArrayList<>();
            for (int i = 0; i < asked.size(); i++) {
                Outcome outcome = asked.get(i).join();
                if (isGood.test(outcome)) {
                    good.put(pending.get(i), outcome);
                } else if (System.nanoTime() > deadlineNs) {
                    throw new IOException("topic " + pending.get(i) + ": " + outcome);
                } else {
                    again.add(pending.get(i));
                }
            }
            repeats[0] += again.size();
            pending = again;
            TimeUnit.MILLISECONDS.sleep(again.isEmpty() ? 0 : 20);
        }
        return good;
    }
}
