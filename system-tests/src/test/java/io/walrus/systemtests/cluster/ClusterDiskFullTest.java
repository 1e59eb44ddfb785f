package io.walrus.systemtests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.systemtests.node.Mount;
import io.walrus.systemtests.node.Stamp;
import io.walrus.testkit.process.Wire;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// Disks that fill up under load: where one is full others lead, where too many are PUT is refused, and all goes on by
/// itself when there is room.
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class ClusterDiskFullTest {
    private static final int DISK_MEGABYTES = 640;
    private static final int MIN_FREE_MEGABYTES = 16;
    private static final int UNDER_WAY = 64;
    private static final int ENOUGH = 500;

    @RegisterExtension
    final Clusters clusters = new Clusters();

    @TempDir
    private Path folder;

    private final List<Mount> disks = new ArrayList<>();

    /// After the nodes have ended: what was mounted last goes first.
    @AfterEach
    void unmount() throws IOException {
        for (Mount disk : disks.reversed()) {
            disk.close();
        }
    }

    @Test
    void topicsGoOnThroughOthersWhileTheDiskOfOneIsFull() throws IOException {
        Mount disk = mount(2);
        Cluster cluster = start();
        List<String> topics = new ArrayList<>();
        List<History> histories;
        try (Load load = new Load(senders(cluster, topics))) {
            topics.forEach(topic -> load.awaitProgress(topic, ENOUGH));
            disk.fill();
            Cluster.await(
                    "node 2 has noticed that its disk is full",
                    () -> logState(cluster, 2).equals("disk_full"));
            topics.forEach(topic -> load.awaitProgress(topic, ENOUGH));
            for (String topic : topics) {
                assertThat(cluster.state(1, topic).leader())
                        .as("leader of %s", topic)
                        .isNotEqualTo(2);
            }
            disk.free();
            Cluster.await(
                    "node 2 has noticed that there is room",
                    () -> logState(cluster, 2).equals("ok"));
            topics.forEach(topic -> load.awaitProgress(topic, ENOUGH));
            cluster.kill9(1);
            topics.forEach(topic -> load.awaitProgress(topic, ENOUGH));
            histories = load.end();
        }
        for (String topic : topics) {
            cluster.check(2, topic, histories);
            cluster.check(3, topic, histories);
        }
        cluster.assertUnruffled();
    }

    @Test
    void putsAreRefusedWhileTooManyDisksAreFull() throws IOException {
        List<Mount> full = List.of(mount(1), mount(2), mount(3));
        Cluster cluster = start();
        List<String> topics = new ArrayList<>();
        List<History> histories;
        try (Load load = new Load(senders(cluster, topics))) {
            topics.forEach(topic -> load.awaitProgress(topic, ENOUGH));
            for (Mount disk : full) {
                disk.fill();
            }
            // Once two have noticed, nothing is written any more from which the third would.
            try (Wire wire = cluster.connect(1)) {
                Cluster.await("PUT is refused", () -> put(wire).startsWith("ERR disk full: nothing was written"));
            }
            for (Mount disk : full) {
                disk.free();
            }
            topics.forEach(topic -> load.awaitProgress(topic, ENOUGH));
            histories = load.end();
        }
        assertThat(histories).anyMatch(history -> history.refused() > 0);
        for (String topic : topics) {
            for (int via : cluster.ids()) {
                cluster.check(via, topic, histories);
            }
        }
        cluster.assertUnruffled();
    }

    private Mount mount(int id) throws IOException {
        Mount disk = Mount.ofMegabytes(folder.resolve("node" + id), DISK_MEGABYTES);
        disks.add(disk);
        return disk;
    }

    private Cluster start() throws IOException {
        return clusters.of(3, folder, setup -> setup.with("WALRUS_MIN_FREE_BYTES", MIN_FREE_MEGABYTES << 20))
                .start();
    }

    /// Writers of a topic led by each node.
    private static List<Sender> senders(Cluster cluster, List<String> topics) throws IOException {
        List<Sender> senders = new ArrayList<>();
        for (int id : cluster.ids()) {
            String topic = cluster.topicLedBy(id, "led-by-" + id + "-");
            topics.add(topic);
            InetSocketAddress[] nodes = cluster.addresses(id, 1 + id % 3, 1 + (id + 1) % 3);
            senders.add(new Sender(List.of(new History(topic, topic)), UNDER_WAY, Stamp::kibibyte, nodes));
        }
        return senders;
    }

    private static String logState(Cluster cluster, int id) {
        return ClusterDiskFailureTest.logState(cluster.node(id));
    }

    private static String put(Wire wire) {
        try {
            return wire.ask("PUT logs entry").text();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
