package io.walrus.consensus.member;

import static io.walrus.consensus.member.LoneNode.TIMEOUT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.walrus.consensus.ClusterInfo;
import io.walrus.consensus.ConsensusStartException;
import io.walrus.consensus.JoinOutcome;
import io.walrus.consensus.JoinOutcome.Joined;
import io.walrus.consensus.JoinOutcome.NotYet;
import io.walrus.consensus.JoinOutcome.Refused;
import io.walrus.consensus.Ports;
import io.walrus.consensus.RaftConfig;
import io.walrus.consensus.RaftConfig.WhenNew;
import io.walrus.consensus.RaftStatus.Role;
import io.walrus.consensus.RemoveOutcome;
import io.walrus.consensus.call.InternalCallException;
import io.walrus.consensus.call.InternalCallException.Kind;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MembershipTest {
    private static final Duration PATIENCE = Duration.ofSeconds(5);

    @TempDir
    private Path dir;

    private static void assertVoters(Member member, Long... ids) {
        await().untilAsserted(() -> assertThat(member.log.status().voters()).containsExactly(ids));
    }

    private static void assertSameState(Member... members) {
        for (Member member : members) {
            await().untilAsserted(() -> assertThat(member.log.state()).isEqualTo(members[0].log.state()));
            assertThat(member.recorder.state).isEqualTo(member.log.state());
            assertThat(member.recorder.failures).isEmpty();
        }
    }

    private static RemoveOutcome remove(Member asked, long node) throws Exception {
        return asked.log.removeMember(node, PATIENCE).get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
    }

    private static void stop(Member member) {
        member.close();
    }

    @Test
    void fourJoinAtOnceThroughWhicheverNode() throws Exception {
        try (Member one = Member.found(dir);
                Member two = Member.joiner(2, dir);
                Member three = Member.joiner(3, dir);
                Member four = Member.joiner(4, dir);
                Member five = Member.joiner(5, dir)) {
            assertThat(two.log.status().role()).isEqualTo(Role.LEARNER);
            two.joined(one.port());
            // Node 2 follows, and passes them on.
            List<CompletableFuture<JoinOutcome>> joining = Stream.of(three, four, five)
                    .map(member -> member.log.join("127.0.0.1", two.port(), TIMEOUT))
                    .toList();
            for (CompletableFuture<JoinOutcome> outcome : joining) {
                assertThat(outcome.get(TIMEOUT.toSeconds(), TimeUnit.SECONDS)).isEqualTo(new Joined());
            }
            assertThat(three.join(two.port(), PATIENCE)).isEqualTo(new Joined());
            assertThat(one.join(one.port(), PATIENCE)).isEqualTo(new Joined());
            five.create("logs");
            for (Member member : List.of(one, two, three, four, five)) {
                assertVoters(member, 1L, 2L, 3L, 4L, 5L);
            }
            assertThat(five.log.status().role()).isEqualTo(Role.FOLLOWER);
            assertSameState(one, two, three, four, five);
        }
    }

    @Test
    void aNodeMayStartBeforeTheClusterItJoins() throws Exception {
        RaftConfig first = Member.config(1, dir, Ports.free(), WhenNew.BOOTSTRAP);
        try (Member two = Member.joiner(2, dir);
                Member three = Member.joiner(3, dir)) {
            assertThat(two.join(first.port(), PATIENCE))
                    .isInstanceOfSatisfying(
                            NotYet.class, not -> assertThat(not.reason()).contains("cannot connect to"));
            assertThat(two.join(three.port(), PATIENCE)).isEqualTo(new NotYet("node 3 knows of no metadata leader"));
            assertThat(two.log.ready()).isNotDone();
            try (Member one = Member.start(first)) {
                two.joined(one.port());
                assertThat(two.log.ready()).isDone();
                three.joined(two.port());
                assertVoters(one, 1L, 2L, 3L);
            }
        }
    }

    /// It would be blank again otherwise, and keep out those who count on its vote.
    @Test
    void aNodeIsToldThatItIsInOnlyWhenItWouldStillBeAfterARestart() throws Exception {
        CountDownLatch mayApply = new CountDownLatch(1);
        RaftConfig second = Member.config(2, dir, Ports.free(), WhenNew.JOIN);
        try (Member one = Member.found(dir)) {
            try (Member two = Member.start(second, new Recorder(mayApply))) {
                JoinOutcome whileItCannotApply = two.join(one.port(), Duration.ofSeconds(2));
                mayApply.countDown();
                assertThat(whileItCannotApply)
                        .isEqualTo(new NotYet("the leader took this node in, but it has not applied that yet"));
                two.joined(one.port());
            }
            try (Member again = Member.start(second)) {
                again.create("logs");
                assertSameState(one, again);
            }
        }
    }

    /// The first cluster has elected more often, so its leader would be followed, and its node at that address be asked
    /// for votes.
    @Test
    void anAddressThatWasAnotherClustersIsNotTakenForItsNode() throws Exception {
        try (Member one = Member.found(dir.resolve("first"));
                Member two = Member.joiner(2, dir.resolve("first"));
                Member three = Member.joiner(3, dir.resolve("first"))) {
            two.joined(one.port());
            three.joined(one.port());
            for (Member leader : List.of(one, two, three)) {
                await().until(() -> leader.log.transferLeadership(PATIENCE).get());
            }
            await().until(() -> one.log.leads() || three.log.leads());
            stop(two);
            RaftConfig config = Member.config(2, dir.resolve("second"), two.port(), WhenNew.BOOTSTRAP);
            try (Member other = Member.start(config)) {
                other.log.ready().get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
                other.initialize();
                for (int i = 0; i < 20; i++) {
                    other.create("second-" + i);
                    one.create("first-" + i);
                    three.create("first-too-" + i);
                    assertThat(other.log.leads()).isTrue();
                }
                assertThat(other.log.state().topicIds()).hasSize(20);
                assertThat(one.log.state().topicIds()).hasSize(40);
                assertSameState(one, three);
                assertThat(other.recorder.failures).isEmpty();
            }
            try (Member again = Member.start(two.config)) {
                assertSameState(one, again);
            }
        }
    }

    @Test
    void aNodeTellsWhoItIs() throws Exception {
        try (Member one = Member.found(dir);
                Member two = Member.joiner(2, dir)) {
            assertThat(RatisMetadataLog.ask("127.0.0.1", one.port(), PATIENCE).get())
                    .satisfies(info -> assertThat(info).isEqualTo(new ClusterInfo(1, Member.CLUSTER, 1, info.run())));
            assertThat(RatisMetadataLog.ask("127.0.0.1", two.port(), PATIENCE).get())
                    .satisfies(info -> assertThat(info).isEqualTo(new ClusterInfo(2, null, 1, info.run())));
        }
        assertThatThrownBy(() -> RatisMetadataLog.ask("127.0.0.1", Ports.free(), PATIENCE)
                        .get())
                .isInstanceOf(ExecutionException.class)
                .cause()
                .isInstanceOfSatisfying(
                        InternalCallException.class, e -> assertThat(e.kind()).isEqualTo(Kind.UNREACHABLE));
    }

    @Test
    void restartsOfAnyAndAllKeepTheSameStateEverywhere() throws Exception {
        RaftConfig first;
        RaftConfig second;
        RaftConfig third;
        try (Member one = Member.found(dir);
                Member two = Member.joiner(2, dir);
                Member three = Member.joiner(3, dir)) {
            two.joined(one.port());
            three.joined(one.port());
            first = one.config;
            second = two.config;
            third = three.config;
        }
        int topics = 0;
        for (int run = 0; run < 5; run++) {
            try (Member one = Member.start(first);
                    Member two = Member.start(second);
                    Member three = Member.start(third)) {
                for (Member member : List.of(one, two, three)) {
                    for (int i = 0; i < 20; i++) {
                        member.create("topic-" + topics++);
                    }
                }
                assertThat(three.log.state().topicIds()).hasSize(topics);
                assertSameState(one, two, three);
                Member.stop(one, two, three);
            }
        }
        try (Member one = Member.start(first);
                Member two = Member.start(second);
                Member three = Member.start(third)) {
            stop(three);
            for (int i = 0; i < 60; i++) {
                two.create("topic-" + topics++);
            }
            try (Member again = Member.start(third)) {
                again.create("topic-" + topics++);
                assertThat(again.log.state().topicIds()).hasSize(topics);
                assertSameState(one, two, again);
            }
        }
    }

    @Test
    void aSnapshotStandsInForALogThatIsGone() throws Exception {
        RaftConfig first;
        RaftConfig second;
        try (Member one = Member.found(dir)) {
            first = one.config;
            for (int i = 0; i < 120; i++) {
                one.create("early-" + i);
            }
        }
        try (Member one = Member.start(first);
                Member two = Member.joiner(2, dir)) {
            second = two.config;
            for (int i = 0; i < 120; i++) {
                one.create("late-" + i);
            }
            await().untilAsserted(
                            () -> assertThat(one.log.status().purgedIndex()).isPositive());
            two.joined(one.port());
            assertThat(two.recorder.restored).isNotEmpty();
            two.create("last");
            assertSameState(one, two);
            assertThat(two.log.state().topicIds()).hasSize(241);
        }
        try (Member one = Member.start(first);
                Member two = Member.start(second)) {
            two.create("after the restart");
            assertSameState(one, two);
        }
    }

    @Test
    void aNodeWithAnEmptyFolderReplacesTheOneItWas() throws Exception {
        try (Member one = Member.found(dir);
                Member two = Member.joiner(2, dir);
                Member three = Member.joiner(3, dir)) {
            two.joined(one.port());
            three.joined(one.port());
            one.create("logs");
            stop(three);
            Folders.delete(three.config.dataDir());
            try (Member blank = Member.start(three.config)) {
                // Until it is dropped, the group takes it for the one that had a vote and a log; it must not be.
                two.create("meanwhile");
                assertThat(blank.log.status().lastLogIndex()).isEqualTo(-1);
                assertThat(blank.log.status().term()).isZero();
                blank.joined(two.port());
                blank.create("after");
                assertVoters(two, 1L, 2L, 3L);
                assertSameState(one, two, blank);
            }
        }
    }

    @Test
    void anEmptyFolderIsNoReplacementWithoutAMajorityOfTheOthers() throws Exception {
        try (Member one = Member.found(dir);
                Member two = Member.joiner(2, dir);
                Member three = Member.joiner(3, dir)) {
            two.joined(one.port());
            three.joined(one.port());
            stop(three);
            stop(two);
            Folders.delete(three.config.dataDir());
            try (Member blank = Member.start(three.config)) {
                JoinOutcome outcome = blank.join(one.port(), Duration.ofSeconds(1));
                assertThat(outcome).isInstanceOf(NotYet.class);
                try (Member again = Member.start(two.config)) {
                    blank.joined(again.port());
                    blank.create("after");
                    assertSameState(one, again, blank);
                }
            }
        }
    }

    @Test
    void aNodeThatIsNotWhoItWasIsToldWhatToDo() throws Exception {
        try (Member one = Member.found(dir);
                Member two = Member.joiner(2, dir);
                Member impostor = Member.start(Member.config(2, dir.resolve("x"), Ports.free(), WhenNew.JOIN))) {
            two.joined(one.port());
            assertRefused(impostor.join(one.port(), PATIENCE), "node 2 is a member at 127.0.0.1:" + two.port());
            stop(impostor);
            stop(two);

            RaftConfig moved = Member.config(2, dir, Ports.free(), WhenNew.JOIN);
            assertThatThrownBy(() -> Member.start(moved))
                    .isInstanceOf(ConsensusStartException.class)
                    .hasMessageContaining("the cluster knows this node by raft address 127.0.0.1:" + two.port())
                    .hasMessageNotContaining("\n");

            RaftConfig sameAddress = Member.config(3, dir, two.port(), WhenNew.JOIN);
            try (Member again = Member.start(two.config)) {
                again.create("logs");
                stop(again);
                try (Member three = Member.start(sameAddress)) {
                    assertThat(three.join(one.port(), Duration.ofSeconds(1))).isNotEqualTo(new Joined());
                }
            }
        }
    }

    @Test
    void aLoneNodeMayMoveAndThenTakesOthersIn() throws Exception {
        RaftConfig home;
        try (Member one = Member.found(dir)) {
            one.create("logs");
            home = one.config;
        }
        RaftConfig away = Member.config(1, dir, "localhost", Ports.free(), WhenNew.BOOTSTRAP);
        for (RaftConfig place : List.of(away, home, away)) {
            try (Member moved = Member.start(place)) {
                await().untilAsserted(
                                () -> assertThat(moved.log.status().addresses()).containsEntry(1L, place.address()));
                assertThat(moved.log.state().topicIds()).hasSize(1);
            }
        }
        RaftConfig second;
        try (Member moved = Member.start(away);
                Member two = Member.joiner(2, dir)) {
            second = two.config;
            two.joined(moved.port());
            two.create("more");
            assertThat(two.log.status().addresses()).containsEntry(1L, away.address());
            await().until(() -> moved.log.transferLeadership(PATIENCE).get());
            moved.create("even more");
            assertSameState(moved, two);
        }
        assertThatThrownBy(() -> Member.start(home))
                .isInstanceOf(ConsensusStartException.class)
                .hasMessageContaining("the cluster knows this node by raft address " + away.address());
        try (Member moved = Member.start(away);
                Member two = Member.start(second)) {
            two.create("in the end");
            assertSameState(moved, two);
        }
    }

    /// An address of which gRPC can't make a URI, and one at which nobody answers. Ratis alone would give the first a
    /// vote, and keep the second for the id for ever.
    @Test
    void aNodeThatTheLeaderDoesNotReachGetsNoVoteAndMayComeBackElsewhere() throws Exception {
        try (Member one = Member.found(dir)) {
            for (String wrong : List.of("walrus_node2", "127.0.0.9")) {
                RaftConfig config = Member.config(2, dir, wrong, Ports.free(), WhenNew.JOIN);
                try (Member two = Member.start(config)) {
                    assertThat(two.join(one.port(), PATIENCE))
                            .isInstanceOfSatisfying(
                                    NotYet.class,
                                    not -> assertThat(not.reason())
                                            .contains("does not reach node 2 at its raft address " + config.address())
                                            .doesNotContain("\n"));
                }
                one.create("after " + wrong);
                assertVoters(one, 1L);
            }
            try (Member two = Member.joiner(2, dir)) {
                two.joined(one.port());
                assertVoters(one, 1L, 2L);
            }
        }
    }

    @Test
    void aNodeAtWhoseAddressAnotherProcessAnswersGetsNoVote() throws Exception {
        try (Member one = Member.found(dir);
                Member other = Member.joiner(2, dir.resolve("x"))) {
            RaftConfig config = new RaftConfig(
                    2,
                    dir.resolve("node2"),
                    "127.0.0.2",
                    "127.0.0.1",
                    other.port(),
                    1,
                    WhenNew.JOIN,
                    Member.SNAPSHOT_EVERY,
                    RaftConfig.DEFAULT_ELECTION_TIMEOUT_MIN,
                    RaftConfig.DEFAULT_ELECTION_TIMEOUT_MAX);
            try (Member two = Member.start(config)) {
                assertThat(two.join(one.port(), PATIENCE))
                        .isInstanceOfSatisfying(
                                NotYet.class,
                                not -> assertThat(not.reason()).contains("to another process, of node 2"));
            }
            assertVoters(one, 1L);
        }
    }

    @Test
    void aNodeThatOthersWouldNotUnderstandGetsNoVote() throws Exception {
        try (Member one = Member.found(dir)) {
            RaftConfig same = Member.config(2, dir, Ports.free(), WhenNew.JOIN);
            RaftConfig newer = new RaftConfig(
                    2,
                    same.dataDir(),
                    same.host(),
                    same.advertiseHost(),
                    same.port(),
                    2,
                    same.whenNew(),
                    same.snapshotEveryCommands(),
                    same.electionTimeoutMin(),
                    same.electionTimeoutMax());
            try (Member two = Member.start(newer)) {
                assertThat(two.join(one.port(), PATIENCE))
                        .isInstanceOfSatisfying(
                                NotYet.class,
                                not -> assertThat(not.reason())
                                        .contains("speaks version 2 of the protocol between nodes, and node 1 version"
                                                + " 1"));
            }
            assertVoters(one, 1L);
        }
    }

    @Test
    void aNodeThatDoesNotReachTheLeaderDoesNotJoin() throws Exception {
        RaftConfig unreachable = Member.config(1, dir, "127.0.0.9", Ports.free(), WhenNew.BOOTSTRAP);
        try (Member one = Member.start(unreachable)) {
            one.log.ready().get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
            one.initialize();
            try (Member two = Member.joiner(2, dir)) {
                assertThat(two.join(one.port(), PATIENCE))
                        .isInstanceOfSatisfying(
                                NotYet.class,
                                not -> assertThat(not.reason())
                                        .startsWith("this node does not reach node 1, which leads the metadata, at the"
                                                + " raft address " + unreachable.address()));
            }
            one.create("logs");
            assertVoters(one, 1L);
        }
    }

    @Test
    void aNodeThatWasRemovedMayJoinAnewAtAnotherAddress() throws Exception {
        try (Member one = Member.found(dir);
                Member two = Member.joiner(2, dir);
                Member three = Member.joiner(3, dir)) {
            two.joined(one.port());
            three.joined(one.port());
            stop(three);
            assertThat(remove(two, 3)).isEqualTo(new RemoveOutcome.Removed());
            Folders.delete(three.config.dataDir());
            try (Member elsewhere = Member.joiner(3, dir)) {
                elsewhere.joined(two.port());
                elsewhere.create("logs");
                assertSameState(one, two, elsewhere);
                // Whoever leads now reaches it, too.
                assertThat(one.log.transferLeadership(PATIENCE).get()).isTrue();
                two.create("more");
                assertSameState(one, two, elsewhere);
                stop(one);
                two.create("without node 1");
                assertSameState(two, elsewhere);
            }
        }
    }

    @Test
    void aNodeThatCannotServeLeavesWhatItHasJustJoined() throws Exception {
        try (Member one = Member.found(dir)) {
            RaftConfig second;
            try (Member two = Member.joiner(2, dir)) {
                second = two.config;
                two.joined(one.port());
                assertThat(two.log.withdraw(PATIENCE).get()).isEqualTo(new RemoveOutcome.Removed());
            }
            one.create("alone again");
            assertVoters(one, 1L);
            try (Member two = Member.start(second)) {
                two.joined(one.port());
                two.create("together");
                assertSameState(one, two);
            }
        }
    }

    @Test
    void aNodeOfAnotherClusterIsRefused() throws Exception {
        try (Member one = Member.found(dir);
                LoneNode other = LoneNode.start(dir.resolve("other"))) {
            other.initCluster();
            JoinOutcome outcome =
                    other.log.join("127.0.0.1", one.port(), PATIENCE).get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
            assertRefused(outcome, "metadata of cluster " + LoneNode.CLUSTER);
        }
    }

    @Test
    void aRemovedNodeComesBackOnlyWithAnEmptyFolder() throws Exception {
        try (Member one = Member.found(dir);
                Member two = Member.joiner(2, dir);
                Member three = Member.joiner(3, dir)) {
            two.joined(one.port());
            three.joined(one.port());
            assertThat(remove(three, 1))
                    .isInstanceOfSatisfying(
                            RemoveOutcome.Refused.class,
                            refused -> assertThat(refused.reason()).contains("node 1 leads"));
            assertThat(remove(two, 3)).isEqualTo(new RemoveOutcome.Removed());
            assertThat(remove(two, 3)).isEqualTo(new RemoveOutcome.Removed());
            assertVoters(one, 1L, 2L);
            two.create("without");
            assertRefused(three.join(two.port(), PATIENCE), "was removed from the cluster");
            stop(three);
            try {
                stop(Member.start(three.config));
            } catch (ConsensusStartException e) {
                assertThat(e).hasMessageContaining("was removed from the cluster");
            }
            Folders.delete(three.config.dataDir());
            try (Member blank = Member.start(three.config)) {
                blank.joined(one.port());
                blank.create("again");
                assertSameState(one, two, blank);
            }
        }
    }

    @Test
    void leadershipMovesWhenAsked() throws Exception {
        try (Member one = Member.found(dir);
                Member two = Member.joiner(2, dir);
                Member three = Member.joiner(3, dir)) {
            assertThat(one.log.transferLeadership(PATIENCE).get()).isFalse();
            two.joined(one.port());
            three.joined(one.port());
            assertThat(two.log.transferLeadership(PATIENCE).get()).isTrue();
            assertThat(one.log.leads()).isTrue();
            assertThat(one.log.transferLeadership(PATIENCE).get()).isTrue();
            assertThat(one.log.leads()).isFalse();
            one.create("logs");
            assertThat(one.log.leaderId()).isIn(2L, 3L);
            assertSameState(one, two, three);
        }
    }

    private static void assertRefused(JoinOutcome outcome, String part) {
        assertThat(outcome)
                .isInstanceOfSatisfying(
                        Refused.class,
                        refused -> assertThat(refused.reason()).contains(part).doesNotContain("\n"));
    }
}
