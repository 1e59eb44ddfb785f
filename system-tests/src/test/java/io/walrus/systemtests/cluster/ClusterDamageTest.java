package io.walrus.systemtests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.systemtests.node.Json;
import io.walrus.systemtests.node.Stamp;
import io.walrus.systemtests.node.TopicReader;
import io.walrus.systemtests.node.TopicState;
import io.walrus.testkit.process.NodeSetup;
import io.walrus.testkit.process.Wire;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// Bytes rot on the disk of one node.
@Timeout(value = 2, unit = TimeUnit.MINUTES)
class ClusterDamageTest {
    private static final String TOPIC = "rotten";
    private static final int LIMIT = 50;
    private static final int ENTRIES = 4 * LIMIT;
    private static final int DAMAGED = 3;
    private static final String REPLACED = "was replaced by one made from other nodes";
    private static final int TAIL_BYTES = 16 << 20;
    private static final int FILLING_BYTES = 128 << 10;
    private static final int FILLINGS = 90;

    @RegisterExtension
    final Clusters clusters = new Clusters();

    @TempDir
    private Path folder;

    @Test
    void whatIsDamagedIsReadFromOtherNodesAndMadeAnew() throws IOException {
        Cluster cluster = clusters.of(3, folder, ClusterDamageTest::adapted).start();
        cluster.register(TOPIC);
        History history = new History(TOPIC, TOPIC);
        put(cluster, history, ENTRIES);
        pushToFiles(cluster);
        cluster.awaitAllCopies();

        cluster.terminate(3);
        damage(cluster, 3, DAMAGED, 0.5);
        // One copy may be made, and the next one not for hours; what nobody reads is found by nobody.
        cluster.change(
                3, setup -> setup.with("WALRUS_REPAIR_BYTES_PER_SECOND", 1).with("WALRUS_SCRUB_DAYS", 0));
        cluster.start(3);
        assertThat(readsFirstSegment(cluster, 3)).isTrue();
        Cluster.await("a copy is made anew", () -> cluster.node(3).output().contains(REPLACED));
        while (cluster.leaderOf(TOPIC) != 3) {
            put(cluster, history, history.acknowledged() + LIMIT);
        }
        takeAll(cluster, history.acknowledged());
        requireExact(cluster, 3, history.acknowledged());
        Cluster.await("some copies are known to be damaged", () -> damagedCopies(cluster, 3) == DAMAGED - 1);
        assertThat(cluster.node(3).output())
                .contains("is damaged; what it holds is read from other nodes")
                .containsOnlyOnce(REPLACED);

        cluster.kill9(3);
        cluster.change(3, setup -> setup.with("WALRUS_REPAIR_BYTES_PER_SECOND", 0));
        cluster.start(3);
        requireExact(cluster, 3, history.acknowledged());
        Cluster.await("no copy is known to be damaged", () -> damagedCopies(cluster, 3) == 0);
        assertThat(cluster.node(3).output()).contains(REPLACED);
        TopicState state = cluster.state(3, TOPIC);
        cluster.kill9(1, 2);
        readOwnCopies(cluster, state);
        cluster.assertUnruffled();
    }

    /// Neither of the two is dropped before the other has given what it has.
    @Test
    @Tag("slow")
    void twoCopiesDamagedAtDifferentPlacesMakeEachOtherWhole() throws IOException {
        Cluster cluster = clusters.of(2, folder, ClusterDamageTest::adapted).start();
        cluster.register(TOPIC);
        History history = new History(TOPIC, TOPIC);
        put(cluster, history, LIMIT + 1);
        pushToFiles(cluster);
        cluster.awaitAllCopies();
        cluster.terminate(1, 2);
        damage(cluster, 1, 1, 0.25);
        damage(cluster, 2, 1, 0.75);
        cluster.start();

        for (int id : cluster.ids()) {
            Cluster.await("node " + id + " has made its copy anew", () -> {
                return readsFirstSegment(cluster, id)
                        && cluster.node(id).output().contains(REPLACED);
            });
            Cluster.await("none is known to be damaged", () -> damagedCopies(cluster, id) == 0);
        }
        requireExact(cluster, 1, history.acknowledged());
        requireExact(cluster, 2, history.acknowledged());
        cluster.assertUnruffled();
    }

    /// Whether each entry of the first segment can be read through a node.
    private static boolean readsFirstSegment(Cluster cluster, int via) {
        boolean isAll = true;
        try (Wire wire = cluster.connect(via)) {
            for (int offset = 0; offset < LIMIT; offset++) {
                isAll &= wire.ask("FETCH " + TOPIC + " 1 " + offset).isOk();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return isAll;
    }

    private static NodeSetup adapted(NodeSetup setup) {
        return setup.with("WALRUS_MAX_SEGMENT_ENTRIES", LIMIT).with("WALRUS_TAIL_MEMORY_BYTES", TAIL_BYTES);
    }

    /// Writes so much more that nothing of what came before is in the journal alone.
    private static void pushToFiles(Cluster cluster) throws IOException {
        cluster.register("filling");
        String put = "PUT filling " + "x".repeat(FILLING_BYTES);
        try (Wire wire = cluster.connect(1)) {
            for (int i = 0; i < FILLINGS; i++) {
                wire.done(put);
            }
        }
    }

    private static void put(Cluster cluster, History history, int upTo) throws IOException {
        Load.put(upTo, List.of(new Sender(history, 16, cluster.addresses(1))));
        assertThat(history.acknowledged()).isEqualTo(upTo);
    }

    /// Changes a byte in each of the first files of a node, which hold sealed segments.
    private static void damage(Cluster cluster, int id, int count, double where) throws IOException {
        Path streams = cluster.setup(id).dataDirectory().resolve("log").resolve("streams");
        List<Path> first;
        try (Stream<Path> files = Files.list(streams)) {
            first = files.sorted().limit(count).toList();
        }
        assertThat(first).hasSize(count);
        for (Path file : first) {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
                ByteBuffer one = ByteBuffer.allocate(1);
                long at = (long) (where * channel.size());
                channel.read(one, at);
                one.put(0, (byte) (one.get(0) ^ 1)).flip();
                channel.write(one, at);
            }
        }
    }

    private static long damagedCopies(Cluster cluster, int id) {
        try {
            return Json.metrics(cluster.node(id)).get("damaged_copies").asLong();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void takeAll(Cluster cluster, int entries) throws IOException {
        try (Wire wire = cluster.connect(3)) {
            for (int i = 0; i < entries; i++) {
                assertThat(Stamp.of(wire.ask("GET " + TOPIC).payload())).isEqualTo(new Stamp(TOPIC, i));
            }
            assertThat(wire.ask("GET " + TOPIC).isEmpty()).isTrue();
        }
    }

    private static void requireExact(Cluster cluster, int via, int entries) throws IOException {
        List<Stamp> log = new ArrayList<>();
        try (Wire wire = cluster.connect(via)) {
            new TopicReader(wire, TOPIC, Cluster.SOON).readAll(entry -> log.add(Stamp.of(entry)));
        }
        assertThat(log)
                .isEqualTo(IntStream.range(0, entries)
                        .mapToObj(number -> new Stamp(TOPIC, number))
                        .toList());
    }

    /// Reads all sealed segments through the only node that is left.
    private static void readOwnCopies(Cluster cluster, TopicState state) throws IOException {
        int number = 0;
        try (Wire wire = cluster.connect(3)) {
            for (Map.Entry<Long, Long> segment : state.sealed().entrySet()) {
                for (long offset = 0; offset < segment.getValue(); offset++) {
                    byte[] entry = wire.ask("FETCH " + TOPIC + " " + segment.getKey() + " " + offset)
                            .fetched(offset + 1);
                    assertThat(Stamp.of(entry)).isEqualTo(new Stamp(TOPIC, number));
                    number++;
                }
            }
        }
        assertThat(number).isGreaterThanOrEqualTo(ENTRIES);
    }
}
