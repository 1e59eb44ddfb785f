package io.walrus.systemtests.node;

import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.testkit.process.NodeProcess;
import io.walrus.testkit.process.NodeSetup;
import io.walrus.testkit.process.Together;
import io.walrus.testkit.process.Wire;
import io.walrus.testkit.process.WireReply;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/// `kill -9` under load, again and again: what was acknowledged stays, what was handed out is handed out to
/// nobody else.
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class KillTest {
    private static final int ROUNDS = 5;
    private static final List<String> TOPICS = List.of("one", "two", "three");
    private static final int WRITERS = 3;
    private static final int MOST_PER_WRITER = 100_000;

    /// How far a topic is known.
    private static final class Known {
        private List<Stamp> log = List.of();
        private final Set<Stamp> handedOut = new HashSet<>();
        private int cursor;
    }

    private final List<Writer> writers = new ArrayList<>();
    private final Map<String, Known> known = new HashMap<>();

    @TempDir
    private Path folder;

    @Test
    void acknowledgedEntriesAndTheCursorSurviveFiveKillsInARow() throws IOException {
        long seed = Seeds.next("kills");
        Random random = new Random(seed);
        NodeSetup setup = NodeSetup.in(folder)
                .with("WALRUS_MAX_SEGMENT_ENTRIES", 200)
                .with("WALRUS_MONITOR_CHECK_MS", 100)
                .with("WALRUS_SNAPSHOT_EVERY", 50);
        NodeProcess node = setup.start();
        try {
            for (String topic : TOPICS) {
                node.ask("REGISTER " + topic).requireOk();
                known.put(topic, new Known());
            }
            for (int round = 0; round < ROUNDS; round++) {
                List<Consumer> consumers = loadAndKill(node, round, 1_000 + random.nextInt(12_000));
                node = node.restart();
                try (Wire wire = node.connect()) {
                    for (String topic : TOPICS) {
                        checkLog(wire, topic);
                        checkCursor(wire, topic, consumers);
                    }
                }
                node.assertUnruffled();
            }
            for (String topic : TOPICS) {
                takeTheRest(node, topic);
            }
        } finally {
            node.close();
        }
    }

    /// Writes and reads with many connections, and kills the node once enough was acknowledged.
    private List<Consumer> loadAndKill(NodeProcess node, int round, int acknowledged) {
        List<Writer> writing = new ArrayList<>();
        List<Consumer> consuming = new ArrayList<>();
        for (String topic : TOPICS) {
            for (int i = 0; i < WRITERS; i++) {
                writing.add(new Writer(topic, topic + "." + round + "." + i));
            }
            consuming.add(new Consumer(topic, 8));
            consuming.add(new Consumer(topic, 1));
        }
        writers.addAll(writing);
        CountDownLatch enough = new CountDownLatch(acknowledged);
        int port = node.clientPort();
        Together.run(writing.size() + consuming.size() + 1, index -> {
            if (index < writing.size()) {
                writing.get(index).write(port, MOST_PER_WRITER, _ -> enough.countDown());
            } else if (index < writing.size() + consuming.size()) {
                consuming.get(index - writing.size()).take(port, () -> false);
            } else {
                try {
                    assertThat(enough.await(1, TimeUnit.MINUTES))
                            .as("%d of %d entries still to be acknowledged", enough.getCount(), acknowledged)
                            .isTrue();
                } finally {
                    node.kill9();
                }
            }
        });
        return consuming;
    }

    private void checkLog(Wire wire, String topic) throws IOException {
        List<Stamp> log =
                TopicState.readAll(wire, topic).stream().map(Stamp::of).toList();
        Known before = known(topic);
        assertThat(log.subList(0, Math.min(log.size(), before.log.size())))
                .as("what %s held before", topic)
                .isEqualTo(before.log);
        before.log = log;
        List<Writer> ours =
                writers.stream().filter(writer -> writer.topic().equals(topic)).toList();
        ours.forEach(writer -> writer.assertKept(log));
        assertThat(log)
                .as("entries of %s nobody wrote", topic)
                .allMatch(stamp -> stamp.writer().startsWith(topic + "."));
    }

    /// The cursor stands right behind what was handed out, but for what a GET without an answer may have skipped.
    private void checkCursor(Wire wire, String topic, List<Consumer> consumers) throws IOException {
        Known topicSoFar = known(topic);
        List<Consumer> ours = consumers.stream()
                .filter(consumer -> consumer.topic().equals(topic))
                .toList();
        Map<Stamp, Integer> places = new HashMap<>();
        topicSoFar.log.forEach(stamp -> places.put(stamp, places.size()));
        for (Consumer consumer : ours) {
            assertThat(places.keySet())
                    .as("the log holds all that was handed out")
                    .containsAll(consumer.handedOut());
            assertThat(consumer.handedOut().stream().map(places::get))
                    .as("%s was handed out in the log's order", topic)
                    .isSorted();
        }
        List<Stamp> handedOut = handedOut(ours);
        assertThat(handedOut.stream().filter(topicSoFar.handedOut::contains))
                .as("handed out twice")
                .isEmpty();
        topicSoFar.handedOut.addAll(handedOut);

        int unanswered = ours.stream().mapToInt(Consumer::unanswered).sum();
        int cursor = Math.toIntExact(
                topicSoFar.log.size() - TopicState.of(wire, topic).unread());
        int skipped = cursor - topicSoFar.cursor - handedOut.size();
        assertThat(skipped).as("entries of %s skipped", topic).isBetween(0, unanswered);
        assertThat(handedOut.stream().map(places::get))
                .as("what was handed out of %s lies between the cursor's old place and its new one", topic)
                .allMatch(place -> place >= topicSoFar.cursor && place < cursor);
        topicSoFar.cursor = cursor;
        if (cursor < topicSoFar.log.size()) {
            Stamp next = Stamp.of(wire.ask("GET " + topic).payload());
            assertThat(next).as("GET resumes at the cursor").isEqualTo(topicSoFar.log.get(cursor));
            topicSoFar.handedOut.add(next);
            topicSoFar.cursor++;
        }
    }

    private Known known(String topic) {
        return Objects.requireNonNull(known.get(topic), topic);
    }

    private static List<Stamp> handedOut(List<Consumer> consumers) {
        List<Stamp> all = consumers.stream()
                .flatMap(consumer -> consumer.handedOut().stream())
                .toList();
        assertThat(all).as("handed out").doesNotHaveDuplicates();
        return all;
    }

    private void takeTheRest(NodeProcess node, String topic) throws IOException {
        Known topicSoFar = known(topic);
        List<Stamp> rest = new ArrayList<>();
        try (Wire wire = node.connect()) {
            for (WireReply reply = wire.ask("GET " + topic); !reply.isEmpty(); reply = wire.ask("GET " + topic)) {
                rest.add(Stamp.of(reply.payload()));
            }
        }
        assertThat(rest)
                .as("the rest of %s", topic)
                .isEqualTo(topicSoFar.log.subList(topicSoFar.cursor, topicSoFar.log.size()));
        assertThat(Stream.concat(rest.stream(), topicSoFar.handedOut.stream())).doesNotHaveDuplicates();
    }
}
