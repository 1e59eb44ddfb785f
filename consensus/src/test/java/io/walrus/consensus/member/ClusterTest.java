package io.walrus.consensus.member;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walrus.consensus.RaftConfig;
import io.walrus.consensus.RaftStatus.Role;
import io.walrus.metadata.Result;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClusterTest {
    @TempDir
    private Path dir;

    @Test
    void threeNodesMakeAClusterInWhichAnyProposes() throws Exception {
        try (Member one = Member.found(dir);
                Member two = Member.joiner(2, dir);
                Member three = Member.joiner(3, dir)) {
            two.joined(one.port());
            three.joined(two.port());
            for (Member member : List.of(one, two, three)) {
                await().untilAsserted(
                                () -> assertThat(member.log.status().voters()).containsExactly(1L, 2L, 3L));
                assertThat(member.log.leaderId()).isEqualTo(1);
                assertThat(member.log.leads()).isEqualTo(member == one);
                for (int i = 0; i < 100; i++) {
                    String topic = "from-" + member.config.nodeId() + "-" + i;
                    assertThat(member.create(topic)).isInstanceOf(Result.Created.class);
                    assertThat(member.log.state().topic(topic)).isNotNull();
                }
            }
            await().untilAsserted(() -> assertThat(three.log.state()).isEqualTo(one.log.state()));
        }
    }

    /// So that who has come to lead a topic by the last decision of a node that stops need not wait for an election.
    @Test
    void whatWasDecidedIsKnownBeforeAnotherNodeLeads() throws Exception {
        try (Member one = Member.found(dir);
                Member two = Member.joiner(2, dir);
                Member three = Member.joiner(3, dir)) {
            two.joined(one.port());
            three.joined(one.port());
            List<Member> members = List.of(one, two, three);
            for (int round = 0; round < 10; round++) {
                String topic = "round-" + round;
                await().until(() -> members.stream().anyMatch(member -> member.log.leads()));
                Member leader = members.stream()
                        .filter(member -> member.log.leads())
                        .findFirst()
                        .orElseThrow();
                leader.create(topic);
                assertThat(leader.log.transferLeadership(LoneNode.TIMEOUT).get())
                        .isTrue();
                for (Member other : members) {
                    await().until(() -> other.log.leaderId() != leader.config.nodeId() && other.log.leaderId() != 0);
                    assertThat(other.recorder.knownOfLeader.topic(topic))
                            .as("node %d knows of %s", other.config.nodeId(), topic)
                            .isNotNull();
                }
            }
        }
    }

    /// With a follower back whose log is shorter, nobody else can lead.
    @Test
    void aLeaderThatLostItsFollowersStandsAgainSoon() throws Exception {
        RaftConfig behind;
        try (Member one = Member.found(dir);
                Member two = Member.joiner(2, dir);
                Member three = Member.joiner(3, dir)) {
            two.joined(one.port());
            three.joined(one.port());
            behind = two.config;
            Member.stop(two);
            one.create("without-two");
            Member.stop(three);
            await().until(() -> one.log.status().role() == Role.FOLLOWER);
            try (Member again = Member.start(behind)) {
                await().atMost(Duration.ofSeconds(8)).until(one.log::leads);
                again.create("with-two");
                assertThat(again.log.state()).isEqualTo(one.log.state());
            }
        }
    }
}
