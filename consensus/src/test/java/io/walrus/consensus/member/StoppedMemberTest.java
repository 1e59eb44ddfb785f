package io.walrus.consensus.member;

import static io.walrus.consensus.member.LoneNode.TIMEOUT;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.awaitility.Awaitility.await;

import io.walrus.consensus.ConsensusStartException;
import io.walrus.consensus.Ports;
import io.walrus.consensus.RaftConfig;
import io.walrus.consensus.RaftConfig.WhenNew;
import io.walrus.consensus.raft.LogPosition;
import io.walrus.consensus.raft.StoppedMember;
import io.walrus.metadata.ClusterState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Folders of members that are stopped, changed while they are. Three members have stopped, with a snapshot and a log
/// behind it.
class StoppedMemberTest {
    @TempDir
    private Path dir;

    private final Map<Long, RaftConfig> configs = new HashMap<>();
    private ClusterState decided = ClusterState.EMPTY;

    @BeforeEach
    void runThree() throws Exception {
        Member one = Member.found(dir);
        Member two = Member.joiner(2, dir);
        Member three = Member.joiner(3, dir);
        try {
            two.joined(one.port());
            three.joined(one.port());
            for (int i = 0; i < Member.SNAPSHOT_EVERY + 10; i++) {
                one.create("topic-" + i);
            }
            decided = one.log.state();
            for (Member member : List.of(one, two, three)) {
                configs.put(member.config.nodeId(), member.config);
                await().untilAsserted(() -> assertThat(member.log.state()).isEqualTo(decided));
            }
        } finally {
            Member.stop(one, two, three);
        }
    }

    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void readingOneChangesNothingAndFindsAllThatWasDecided(long id) throws Exception {
        Map<String, String> before = content(id);
        try (StoppedMember member = StoppedMember.open(config(id).dataDir())) {
            assertThat(member.nodeId()).isEqualTo(id);
            assertThat(member.state()).isEqualTo(decided);
            assertThat(member.addresses())
                    .containsOnlyKeys(1L, 2L, 3L)
                    .containsEntry(2L, config(2).address());
            assertThat(member.last()).isGreaterThan(new LogPosition(0, Member.SNAPSHOT_EVERY));
        }
        assertThat(content(id)).isEqualTo(before);
    }

    @Test
    void oneThatRunsIsRefused() throws Exception {
        try (Member _ = Member.start(config(1))) {
            assertThatExceptionOfType(ConsensusStartException.class)
                    .isThrownBy(() -> StoppedMember.open(config(1).dataDir()).close())
                    .withMessageContaining("in use");
        }
    }

    /// A founder, and one that joined.
    @ParameterizedTest
    @ValueSource(longs = {1, 2})
    void oneGoesOnAloneAndTheOthersJoinItAnew(long id) throws Exception {
        UUID group;
        try (StoppedMember member = StoppedMember.open(config(id).dataDir())) {
            group = member.prepare(member.state());
            member.enter(group);
        }
        assertThat(groups(id)).containsExactly(group.toString());
        try (Member alone = Member.start(config(id))) {
            alone.log.ready().get(TIMEOUT.toSeconds(), TimeUnit.SECONDS);
            assertThat(alone.log.status().voters()).containsExactly(id);
            assertThat(alone.log.state()).isEqualTo(decided);
            alone.create("after");
            long other = id == 1 ? 2 : 1;
            try (StoppedMember member = StoppedMember.open(config(other).dataDir())) {
                member.leave();
            }
            try (Member joined = Member.start(config(other))) {
                joined.joined(alone.port());
                await().untilAsserted(() -> assertThat(joined.log.state()).isEqualTo(alone.log.state()));
                joined.create("through another");
            }
        }
        try (Member _ = Member.start(config(id))) {
            assertThat(groups(id)).containsExactly(group.toString());
        }
    }

    /// The old majority comes back after all: each of the two groups goes on without the other.
    @Test
    void membersOfTheEarlierGroupAreStrangers() throws Exception {
        try (StoppedMember member = StoppedMember.open(config(1).dataDir())) {
            member.enter(member.prepare(member.state()));
        }
        Member one = Member.start(config(1));
        Member two = Member.start(config(2));
        Member three = Member.start(config(3));
        try {
            one.create("recovered");
            two.create("earlier");
            await().untilAsserted(() -> assertThat(three.log.state()).isEqualTo(two.log.state()));
            assertThat(one.log.state().topicIds()).doesNotContainKey("earlier").containsKey("recovered");
            assertThat(two.log.state().topicIds()).doesNotContainKey("recovered");
            assertThat(one.log.status().voters()).containsExactly(1L);
            assertThat(two.log.leaderId()).isNotEqualTo(1);
        } finally {
            Member.stop(one, two, three);
        }
    }

    /// A crash before the member has entered the new group leaves it in the earlier one.
    @Test
    void aGroupThatWasOnlyPreparedIsSetAside() throws Exception {
        String earlier = groups(1).getFirst();
        try (StoppedMember member = StoppedMember.open(config(1).dataDir())) {
            assertThat(member.prepare(member.state())).isNotNull();
        }
        try (Member one = Member.start(config(1));
                Member _ = Member.start(config(2))) {
            assertThat(groups(1)).containsExactly(earlier);
            one.create("goes on");
            assertThat(one.log.status().voters()).containsExactly(1L, 2L, 3L);
        }
    }

    @Test
    void allMayMoveAtOnce() throws Exception {
        Map<Long, String> addresses = new TreeMap<>();
        for (long id = 1; id <= 3; id++) {
            RaftConfig moved = Member.config(id, dir, Ports.free(), WhenNew.JOIN);
            configs.put(id, moved);
            addresses.put(id, moved.address());
        }
        assertThatExceptionOfType(ConsensusStartException.class)
                .isThrownBy(() -> Member.start(config(1)).close())
                .withMessageContaining("walrus-node readdress");
        for (long id = 1; id <= 2; id++) {
            try (StoppedMember member = StoppedMember.open(config(id).dataDir())) {
                member.readdress(addresses);
                // A second time does no harm.
                member.readdress(addresses);
            }
        }
        // Two go on without the third, which gets the new addresses last.
        Member one = Member.start(config(1));
        Member two = Member.start(config(2));
        try {
            one.create("moved");
            try (StoppedMember member = StoppedMember.open(config(3).dataDir())) {
                member.readdress(addresses);
            }
            try (Member three = Member.start(config(3))) {
                await().untilAsserted(() -> assertThat(three.log.state()).isEqualTo(one.log.state()));
                assertThat(three.log.state().topicIds())
                        .hasSize(decided.topicIds().size() + 1);
                await().untilAsserted(
                                () -> assertThat(three.log.status().addresses()).isEqualTo(addresses));
                two.close();
                three.create("without the second");
            }
        } finally {
            Member.stop(one, two);
        }
        try (StoppedMember member = StoppedMember.open(config(1).dataDir())) {
            assertThat(member.addresses()).isEqualTo(addresses);
        }
    }

    private RaftConfig config(long id) {
        return Objects.requireNonNull(configs.get(id));
    }

    private List<String> groups(long id) throws IOException {
        try (Stream<Path> groups = Files.list(config(id).dataDir().resolve("raft/groups"))) {
            return groups.map(group -> group.getFileName().toString()).toList();
        }
    }

    private Map<String, String> content(long id) throws IOException {
        Map<String, String> content = new TreeMap<>();
        try (Stream<Path> files = Files.walk(config(id).dataDir())) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                content.put(
                        file.toString(),
                        Files.getLastModifiedTime(file) + " "
                                + List.of(Files.readAllBytes(file).length, Arrays.hashCode(Files.readAllBytes(file))));
            }
        }
        return content;
    }
}
