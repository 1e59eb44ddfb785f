package io.walrus.systemtests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.systemtests.node.Json;
import io.walrus.testkit.process.Ended;
import io.walrus.testkit.process.Folders;
import io.walrus.testkit.process.FreePorts;
import io.walrus.testkit.process.NodeSetup;
import io.walrus.testkit.process.Wire;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/// Clusters that can't help themselves any more, and the commands for their nodes' data folders: most of the nodes are
/// gone for good, or all have other addresses.
@Timeout(value = 4, unit = TimeUnit.MINUTES)
class ClusterWayOutTest {
    private static final int DONE = 0;
    private static final int REFUSED = 1;
    private static final int USAGE = 2;
    private static final int ENTRIES = 1_000;
    private static final Pattern RECOVERED = Pattern.compile("--recovered (\\S+)@(\\d+):(\\d+)");

    @RegisterExtension
    final Clusters clusters = new Clusters();

    @TempDir
    private Path folder;

    @Test
    void oneOfThreeGoesOnAndNewNodesJoinIt() throws IOException {
        Cluster cluster = clusters.of(3, folder).start();
        String topic = cluster.topicLedBy(1, "kept");
        List<History> histories = put(cluster, topic);
        Ended inUse = offline(cluster, 1, "recover", "--lost", "2,3", "--yes");
        inUse.exited(REFUSED).withoutStackTrace();
        assertThat(inUse.messages()).singleElement().asString().contains("is in use by another process");

        cluster.kill9(2, 3);
        Folders.delete(cluster.setup(2).dataDirectory());
        Folders.delete(cluster.setup(3).dataDirectory());
        cluster.kill9(1);
        Map<String, String> before = content(cluster, 1);
        Ended look =
                offline(cluster, 1, "recover", "--lost", "2,3", "--dry-run").exited(DONE);
        assertThat(look.out())
                .contains("gone for good: 2, 3; to rejoin: none")
                .contains("topic " + topic + ": the newest entries of segment 1 may be missing")
                .contains("nothing was changed");
        offline(cluster, 1, "recover", "--lost", "2,3").exited(USAGE).withoutStackTrace();
        offline(cluster, 1, "recover", "--lost", "2", "--yes").exited(USAGE).withoutStackTrace();
        offline(cluster, 1, "recover", "--lost", "1,2", "--yes").exited(USAGE).withoutStackTrace();
        offline(cluster, 1, "recover", "--lost", "2,7", "--yes").exited(USAGE).withoutStackTrace();
        offline(cluster, 1, "recover", "--lost", "2,x", "--yes").exited(USAGE).withoutStackTrace();
        assertThat(content(cluster, 1)).isEqualTo(before);

        Ended done = offline(cluster, 1, "recover", "--lost", "2,3", "--yes").exited(DONE);
        assertThat(done.out()).contains("node 1 is the only voter");
        cluster.start(1);
        cluster.awaitVoters(1);
        cluster.check(1, topic, histories);
        cluster.define(4, 1, setup -> setup);
        cluster.start(2, 4);
        for (int id : new int[] {1, 2, 4}) {
            cluster.check(id, topic, histories);
            putOne(cluster, id, topic);
        }
        cluster.kill9(1);
        putOne(cluster, 4, topic);
    }

    /// What was acknowledged is on three of five nodes, and may be on one of those that are left only: the topic goes
    /// on once both are there.
    @Test
    void anotherNodeThatIsLeftRejoinsWithItsEntries() throws IOException {
        Cluster cluster = clusters.of(5, folder, setup -> setup.with("WALRUS_REPLICATION_FACTOR", 5));
        cluster.start();
        String topic = cluster.topicLedBy(2, "kept");
        List<History> histories = put(cluster, topic);
        Cluster.await(
                "nodes 1 and 2 know as much of the metadata", () -> lastApplied(cluster, 1) == lastApplied(cluster, 2));
        cluster.kill9(cluster.ids());
        for (int id = 3; id <= 5; id++) {
            Folders.delete(cluster.setup(id).dataDirectory());
        }

        String recovered = recovered(
                offline(cluster, 1, "recover", "--lost", "3,4,5", "--yes").exited(DONE));
        Ended behind = offline(cluster, 2, "rejoin", "--recovered", recovered.replaceAll("@.*", "@0:1"), "--yes");
        behind.exited(REFUSED).withoutStackTrace();
        assertThat(behind.err()).contains("knows more than the node that was recovered");
        offline(cluster, 2, "rejoin", "--recovered", "nonsense", "--yes")
                .exited(USAGE)
                .withoutStackTrace();
        offline(cluster, 1, "rejoin", "--recovered", recovered, "--yes")
                .exited(REFUSED)
                .withoutStackTrace();

        cluster.start(1);
        // As a node that was not told of the recovery.
        Ended stranger = cluster.setup(2).run();
        stranger.exited(REFUSED).withoutStackTrace();
        assertThat(stranger.err()).contains("walrus-node rejoin");
        offline(cluster, 2, "rejoin", "--recovered", recovered, "--yes").exited(DONE);
        cluster.start(2);
        cluster.awaitVoters(1, 2);
        cluster.check(1, topic, histories);
        cluster.check(2, topic, histories);
        putOne(cluster, 2, topic);
    }

    @Test
    void allNodesMoveAtOnce() throws IOException {
        Cluster cluster = clusters.of(3, folder).start();
        cluster.register("kept");
        List<History> histories = put(cluster, "kept");
        cluster.terminate(1, 2, 3);
        for (int id : cluster.ids()) {
            cluster.change(id, setup -> setup.withPorts(FreePorts.free(), FreePorts.free()));
        }
        String[] addresses = Arrays.stream(cluster.ids())
                .mapToObj(id -> id + "=" + cluster.raftAddress(id))
                .toArray(String[]::new);
        Ended refused = cluster.setup(1).run();
        refused.exited(REFUSED).withoutStackTrace();
        assertThat(refused.err()).contains("walrus-node readdress");
        Map<String, String> before = content(cluster, 1);
        offline(cluster, 1, "readdress", addresses[0], addresses[1])
                .exited(USAGE)
                .withoutStackTrace();
        offline(cluster, 1, "readdress", addresses[0], addresses[1], "3=nowhere")
                .exited(USAGE)
                .withoutStackTrace();
        offline(cluster, 1, "readdress", addresses[0], addresses[1], addresses[2], "--dry-run")
                .exited(DONE);
        assertThat(content(cluster, 1)).isEqualTo(before);

        for (int id : new int[] {1, 3}) {
            offline(cluster, id, "readdress", addresses[0], addresses[1], addresses[2])
                    .exited(DONE);
        }
        // Two are a majority at the new addresses; the third is told when it is its turn.
        cluster.start(1, 3);
        cluster.check(3, "kept", histories);
        offline(cluster, 2, "readdress", addresses[0], addresses[1], addresses[2])
                .exited(DONE);
        cluster.start(2);
        cluster.awaitVoters(1, 2, 3);
        cluster.check(2, "kept", histories);
        putOne(cluster, 2, "kept");
        cluster.kill9(1);
        putOne(cluster, 2, "kept");
    }

    private static List<History> put(Cluster cluster, String topic) throws IOException {
        Sender sender = new Sender(new History(topic, topic + ".1"), 32, cluster.addresses(1));
        Load.put(ENTRIES, List.of(sender));
        assertThat(sender.histories().getFirst().acknowledged()).isEqualTo(ENTRIES);
        return sender.histories();
    }

    /// Into another topic than the one whose entries are checked, led by the same nodes.
    private static void putOne(Cluster cluster, int via, String topic) {
        Cluster.await("a PUT through node " + via, () -> {
            try (Wire wire = cluster.connect(via)) {
                return wire.ask("REGISTER " + topic + ".more").isOk()
                        && wire.ask("PUT " + topic + ".more entry").isOk();
            } catch (IOException _) {
                return false;
            }
        });
    }

    private static long lastApplied(Cluster cluster, int id) {
        try {
            return Json.metrics(cluster.node(id)).get("last_applied").asLong();
        } catch (IOException _) {
            return -id;
        }
    }

    private static Ended offline(Cluster cluster, int id, String command, String... arguments) throws IOException {
        NodeSetup setup = cluster.setup(id);
        return setup.runWith(Stream.concat(
                        Stream.of(command, "--data-dir", setup.dataDirectory().toString()), Arrays.stream(arguments))
                .toArray(String[]::new));
    }

    private static String recovered(Ended recover) {
        Matcher printed = RECOVERED.matcher(recover.out());
        assertThat(printed.find()).as(recover.out()).isTrue();
        return printed.group().substring("--recovered ".length());
    }

    private static Map<String, String> content(Cluster cluster, int id) throws IOException {
        Map<String, String> content = new TreeMap<>();
        try (Stream<Path> files = Files.walk(cluster.setup(id).dataDirectory())) {
            for (Path file : files.toList()) {
                content.put(
                        file.toString(),
                        Files.getLastModifiedTime(file) + " "
                                + (Files.isRegularFile(file) ? Arrays.hashCode(Files.readAllBytes(file)) : 0));
            }
        }
        return content;
    }
}
