package io.walrus.consensus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.walrus.metadata.Result;
import java.nio.file.Path;
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
}
