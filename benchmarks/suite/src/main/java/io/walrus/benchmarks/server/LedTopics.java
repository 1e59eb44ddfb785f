package io.walrus.benchmarks.server;

import io.walrus.testkit.process.Waiting;
import io.walrus.testkit.process.Wire;
import io.walrus.testkit.process.WireReply;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.IntStream;

/// Topics that were registered, and the nodes that lead them. Their names have the same length.
///
/// @param led by node, only of nodes that lead any
/// @param registerSeconds until all were registered
public record LedTopics(NavigableMap<Integer, List<String>> led, double registerSeconds) {
    /// Each new topic is a proposal to the cluster's metadata, which takes only so many at a time.
    private static final int UNDER_WAY = 16;

    private static final Duration LIMIT = Duration.ofMinutes(5);
    private static final int MOST_PER_NODE = 20;

    /// Registers topics.
    public static LedTopics register(WalrusNodes nodes, int count) throws IOException {
        List<String> names = IntStream.range(0, count).mapToObj(LedTopics::name).toList();
        long startNs = System.nanoTime();
        try (Wire wire = nodes.connect(1)) {
            for (int from = 0; from < count; from += UNDER_WAY) {
                registerAll(wire, names.subList(from, Math.min(count, from + UNDER_WAY)));
            }
            double seconds = (System.nanoTime() - startNs) / 1e9;
            NavigableMap<Integer, List<String>> led = new TreeMap<>();
            for (String name : names) {
                led.computeIfAbsent(leader(wire, name), _ -> new ArrayList<>()).add(name);
            }
            return new LedTopics(led, seconds);
        }
    }

    /// Registers topics until each node leads one, and takes one of each.
    public static LedTopics oneOfEachNode(WalrusNodes nodes) throws IOException {
        NavigableMap<Integer, List<String>> led = new TreeMap<>();
        try (Wire wire = nodes.connect(1)) {
            for (int i = 0; led.size() < nodes.size(); i++) {
                if (i == nodes.size() * MOST_PER_NODE) {
                    throw new IOException("of " + i + " topics none is led by some of the nodes, only by " + led);
                }
                registerAll(wire, List.of(name(i)));
                led.putIfAbsent(leader(wire, name(i)), List.of(name(i)));
            }
        }
        return new LedTopics(led, Double.NaN);
    }

    private static String name(int number) {
        return String.format(Locale.ROOT, "scale-%06d", number);
    }

    /// All at once, and again those that were not taken.
    private static void registerAll(Wire wire, List<String> names) {
        List<String> pending = new ArrayList<>(names);
        Waiting.until("topics are registered", LIMIT, () -> {
            for (String name : pending) {
                wire.send("REGISTER " + name);
            }
            wire.flush();
            List<String> refused = new ArrayList<>();
            for (String name : pending) {
                WireReply reply = wire.reply();
                if (!reply.isOk()) {
                    refused.add(name);
                }
            }
            pending.retainAll(refused);
            return pending.isEmpty();
        });
    }

    private static int leader(Wire wire, String name) {
        int[] leader = new int[1];
        Waiting.until("topic " + name + " is led", LIMIT, () -> {
            leader[0] = TopicFigures.of(wire.ask("STATE " + name)).leader();
            return leader[0] > 0;
        });
        return leader[0];
    }
}
