package io.walrus.consensus.member;

import static io.walrus.consensus.member.LoneNode.TIMEOUT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.walrus.consensus.ConsensusStartException;
import io.walrus.consensus.MetadataLog;
import io.walrus.consensus.Ports;
import io.walrus.consensus.ProposalOutcome;
import io.walrus.consensus.ProposalOutcome.Committed;
import io.walrus.consensus.ProposalOutcome.NotProposed;
import io.walrus.consensus.ProposalOutcome.Unknown;
import io.walrus.consensus.RaftConfig;
import io.walrus.consensus.RaftStatus;
import io.walrus.consensus.RaftStatus.Role;
import io.walrus.consensus.call.InternalCallException;
import io.walrus.consensus.call.InternalCallException.Kind;
import io.walrus.metadata.Applied;
import io.walrus.metadata.Command.Batch;
import io.walrus.metadata.Command.CreateTopic;
import io.walrus.metadata.Command.InitCluster;
import io.walrus.metadata.Command.UpsertNode;
import io.walrus.metadata.NodeInfo;
import io.walrus.metadata.Result;
import io.walrus.transport.tcp.TcpTransport;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MetadataLogTest {
    @TempDir
    private Path dir;

    private final TcpTransport peers = new TcpTransport();

    @AfterEach
    void close() {
        peers.close();
    }

    @Test
    void aLoneNodeLeadsAndAppliesWhatItCommits() throws Exception {
        try (LoneNode node = LoneNode.start(dir)) {
            node.initCluster();
            assertThat(node.create("logs")).isInstanceOf(Result.Created.class);
            assertThat(node.create("logs")).isInstanceOf(Result.Exists.class);
            assertThat(node.propose(new InitCluster(new UUID(9, 9)))).isInstanceOf(Result.Rejected.class);
            assertThat(node.log.state().topic("logs")).isNotNull();
            assertThat(node.recorder.state).isSameAs(node.log.state());
            assertThat(node.recorder.applied).isSorted().hasSize(5).doesNotHaveDuplicates();
            assertThat(node.recorder.termsLed).hasSize(1);
            assertThat(node.recorder.leaders).contains(1L);
            assertThat(node.recorder.failures).isEmpty();
        }
    }

    @Test
    void statusShowsTheLoneLeader() throws Exception {
        try (LoneNode node = LoneNode.start(dir)) {
            node.initCluster();
            ProposalOutcome outcome =
                    node.log.propose(new CreateTopic("logs", 1), TIMEOUT).get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
            long index = ((Committed) outcome).index();
            RaftStatus status = node.log.status();
            assertThat(status.nodeId()).isEqualTo(1);
            assertThat(status.role()).isEqualTo(Role.LEADER);
            assertThat(status.term()).isEqualTo(1);
            assertThat(status.leader()).isEqualTo(1);
            assertThat(status.vote()).isEqualTo(1);
            assertThat(status.lastLogIndex()).isEqualTo(index);
            assertThat(status.lastAppliedIndex()).isEqualTo(index);
            assertThat(status.snapshotIndex()).isEqualTo(-1);
            assertThat(status.purgedIndex()).isEqualTo(-1);
            assertThat(status.voters()).containsExactly(1L);
            assertThat(status.addresses()).containsOnly(Map.entry(1L, "127.0.0.1:" + node.config.port()));
            assertThat(status.replication()).containsOnly(Map.entry(1L, index));
        }
    }

    @Test
    void fiveRestartsWithSnapshotsKeepEverything() throws Exception {
        int port = Ports.free();
        List<String> acknowledged = new ArrayList<>();
        for (int run = 0; run < 6; run++) {
            try (LoneNode node = LoneNode.start(LoneNode.config(dir, port))) {
                assertThat(node.log.state().topicIds().keySet()).containsExactlyInAnyOrderElementsOf(acknowledged);
                assertThat(node.recorder.state).isSameAs(node.log.state());
                assertThat(node.log.status().term()).isEqualTo(run + 1);
                if (run == 0) {
                    node.initCluster();
                } else {
                    assertThat(node.recorder.restored).as("run %d", run).hasSize(1);
                }
                for (int i = 0; i < 70; i++) {
                    String topic = "topic-" + run + "-" + i;
                    assertThat(node.create(topic)).isInstanceOf(Result.Created.class);
                    acknowledged.add(topic);
                }
                RaftStatus status = node.log.status();
                assertThat(status.snapshotIndex()).isPositive();
                assertThat(status.lastLogIndex() - status.snapshotIndex()).isLessThan(60);
                assertThat(node.recorder.failures).isEmpty();
            }
        }
        try (Stream<Path> files = Files.walk(dir)) {
            assertThat(files.filter(f -> f.getFileName().toString().matches("snapshot\\.\\d+_\\d+"))
                            .count())
                    .isBetween(1L, 2L);
        }
    }

    @Test
    void theLogIsPurgedBehindASnapshot() throws Exception {
        int port = Ports.free();
        for (int run = 0; run < 3; run++) {
            try (LoneNode node = LoneNode.start(LoneNode.config(dir, port))) {
                if (run == 0) {
                    node.initCluster();
                }
                for (int i = 0; i < 120; i++) {
                    node.create("topic-" + run + "-" + i);
                }
                if (run > 0) {
                    await().untilAsserted(() ->
                            assertThat(node.log.status().purgedIndex()).isPositive());
                }
            }
        }
    }

    @Test
    void aCopyTakenUnderLoadRecoversAllThatWasAcknowledgedBefore() throws Exception {
        Path copies = Files.createDirectory(dir.resolve("copies"));
        Path original = Files.createDirectory(dir.resolve("original"));
        int port = Ports.free();
        List<List<String>> acknowledgedBefore = new ArrayList<>();
        try (LoneNode node = LoneNode.start(LoneNode.config(original, port))) {
            node.initCluster();
            List<String> acknowledged = new ArrayList<>();
            for (int copy = 0; copy < 4; copy++) {
                for (int i = 0; i < 80; i++) {
                    String topic = "topic-" + copy + "-" + i;
                    node.create(topic);
                    acknowledged.add(topic);
                }
                acknowledgedBefore.add(List.copyOf(acknowledged));
                List<CompletableFuture<ProposalOutcome>> underWay = new ArrayList<>();
                for (int i = 0; i < 20; i++) {
                    underWay.add(node.log.propose(new CreateTopic("late-" + copy + "-" + i, 1), TIMEOUT));
                }
                Copies.copy(original, copies.resolve("copy-" + copy));
                CompletableFuture.allOf(underWay.toArray(CompletableFuture[]::new))
                        .get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
            }
        }
        for (int copy = 0; copy < 4; copy++) {
            try (LoneNode node = LoneNode.start(LoneNode.config(copies.resolve("copy-" + copy), port))) {
                assertThat(node.log.state().topicIds().keySet()).containsAll(acknowledgedBefore.get(copy));
                assertThat(node.create("after")).isInstanceOf(Result.Created.class);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"raft-meta", "nothing but folders"})
    void aCrashBeforeTheFirstConfigurationIsRecovered(String left) throws Exception {
        int port = Ports.free();
        try (LoneNode node = LoneNode.start(LoneNode.config(dir, port))) {
            assertThat(node.log.status().role()).isEqualTo(Role.LEADER);
        }
        try (Stream<Path> files = Files.walk(dir.resolve("raft/groups"))) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                if (!file.getFileName().toString().equals(left)) {
                    Files.delete(file);
                }
            }
        }
        try (LoneNode node = LoneNode.start(LoneNode.config(dir, port))) {
            node.initCluster();
            assertThat(node.create("logs")).isInstanceOf(Result.Created.class);
        }
    }

    @Test
    void aUsedPortIsOneClearLine() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            assertRefused(
                    LoneNode.config(dir, taken.getLocalPort()),
                    "cannot listen on raft address 127.0.0.1:" + taken.getLocalPort());
        }
        try (LoneNode node = LoneNode.start(LoneNode.config(dir, Ports.free()))) {
            assertThat(node.log.status().role()).isEqualTo(Role.LEADER);
        }
    }

    @Test
    void aSecondNodeOnTheSameFolderIsOneClearLine() throws Exception {
        try (LoneNode node = LoneNode.start(dir)) {
            assertRefused(LoneNode.config(dir, Ports.free()), "is in use by another process");
            assertThat(node.create("x")).isInstanceOf(Result.Rejected.class);
        }
    }

    @Test
    void anotherNodesFolderAndAForeignFolderAreRefused() throws Exception {
        int port = Ports.free();
        Path own = dir.resolve("own");
        LoneNode.start(LoneNode.config(own, port)).close();
        RaftConfig first = LoneNode.config(own, port);
        RaftConfig second = new RaftConfig(
                2,
                own,
                first.host(),
                first.advertiseHost(),
                port,
                first.protocol(),
                first.whenNew(),
                first.snapshotEveryCommands(),
                first.electionTimeoutMin(),
                first.electionTimeoutMax());
        assertRefused(second, "belongs to node 1, this is node 2");

        Path foreign = Files.createDirectories(dir.resolve("foreign/raft"));
        Files.writeString(foreign.resolve("something"), "else");
        assertRefused(LoneNode.config(dir.resolve("foreign"), port), "holds files of something else");

        Path file = Files.writeString(dir.resolve("file"), "x");
        assertRefused(LoneNode.config(file, port), "cannot use");
    }

    @Test
    void anUnwritableFolderIsOneClearLine() throws Exception {
        Path locked = Files.createDirectory(dir.resolve("locked"));
        Files.setPosixFilePermissions(locked, PosixFilePermissions.fromString("r-xr-xr-x"));
        Assumptions.assumeFalse(Files.isWritable(locked), "root may write everywhere");
        assertRefused(LoneNode.config(locked, Ports.free()), "permission denied");
    }

    @Test
    void aDamagedSnapshotIsOneClearLine() throws Exception {
        int port = Ports.free();
        try (LoneNode node = LoneNode.start(LoneNode.config(dir, port))) {
            node.initCluster();
            for (int i = 0; i < 60; i++) {
                node.create("topic-" + i);
            }
        }
        try (Stream<Path> files = Files.walk(dir)) {
            for (Path file : files.filter(f -> f.getFileName().toString().matches("snapshot\\.\\d+_\\d+"))
                    .toList()) {
                byte[] bytes = Files.readAllBytes(file);
                bytes[bytes.length / 2] ^= 1;
                Files.write(file, bytes);
            }
        }
        assertRefused(LoneNode.config(dir, port), "snapshot is damaged");
    }

    @Test
    void aListenerThatThrowsStopsTheGroupAndIsTold() throws Exception {
        Recorder broken = new Recorder() {
            @Override
            public void applied(long index, Applied result) {
                if (result.state().topic("fatal") != null) {
                    throw new IllegalStateException("the listener is broken");
                }
                super.applied(index, result);
            }
        };
        RaftConfig config = LoneNode.config(dir, Ports.free());
        try (MetadataLog log = RatisMetadataLog.start(config, broken, peers)) {
            log.ready().get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
            NodeInfo self = new NodeInfo(1, "127.0.0.1:6001", "127.0.0.1:9091", new UUID(1, 1), new UUID(1, 1));
            ProposalOutcome outcome = log.propose(
                            new Batch(List.of(
                                    new InitCluster(LoneNode.CLUSTER),
                                    new UpsertNode(self),
                                    new CreateTopic("fatal", 1))),
                            Duration.ofSeconds(2))
                    .get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
            assertThat(outcome).isInstanceOf(Unknown.class);
            await().untilAsserted(() -> assertThat(broken.failures).hasSize(1));
            await().untilAsserted(() -> assertThat(log.status().role()).isEqualTo(Role.SHUTDOWN));
            assertThat(log.propose(new CreateTopic("late", 1), TIMEOUT).get(TIMEOUT.toSeconds(), TimeUnit.SECONDS))
                    .isInstanceOf(NotProposed.class);
        }
        assertThat(broken.failures).singleElement().asString().contains("cannot be applied: the listener is broken");
    }

    @Test
    void aNodeIsAskedWhoItIsAtItsRaftPort() throws Exception {
        int port = Ports.free();
        assertThatThrownBy(() ->
                        RatisMetadataLog.ask("127.0.0.1", port, TIMEOUT).get(TIMEOUT.toSeconds(), TimeUnit.SECONDS))
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOfSatisfying(InternalCallException.class, e -> {
                    assertThat(e.kind()).isEqualTo(Kind.UNREACHABLE);
                    assertThat(e.getMessage()).contains("cannot connect to 127.0.0.1:" + port);
                });
        try (LoneNode node = LoneNode.start(LoneNode.config(dir, port))) {
            node.initCluster();
            assertThat(RatisMetadataLog.ask("127.0.0.1", port, TIMEOUT).get().clusterId())
                    .isEqualTo(LoneNode.CLUSTER);
        }
    }

    @Test
    void aClosedNodeTakesNoProposalsAndReportsNoFailure() throws Exception {
        LoneNode node = LoneNode.start(dir);
        node.initCluster();
        long before = System.nanoTime();
        node.close();
        assertThat(System.nanoTime() - before).isLessThan(TimeUnit.SECONDS.toNanos(2));
        assertThat(node.log.propose(new CreateTopic("late", 1), TIMEOUT).get(TIMEOUT.toSeconds(), TimeUnit.SECONDS))
                .isInstanceOf(NotProposed.class);
        assertThat(node.log.status().role()).isEqualTo(Role.SHUTDOWN);
        assertThat(node.recorder.failures).isEmpty();
        node.close();
    }

    private void assertRefused(RaftConfig config, String part) {
        assertThatThrownBy(() -> RatisMetadataLog.start(config, new Recorder(), peers))
                .isInstanceOfSatisfying(
                        ConsensusStartException.class,
                        e -> assertThat(e.getMessage())
                                .contains(part)
                                .doesNotContain("\n")
                                .doesNotContain("Exception"));
    }
}
