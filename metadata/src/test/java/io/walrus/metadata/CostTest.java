package io.walrus.metadata;

import static io.walrus.metadata.Fixtures.cluster;
import static io.walrus.metadata.Fixtures.seal;
import static io.walrus.metadata.Fixtures.topic;
import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import io.walrus.metadata.Command.CreateTopic;
import java.lang.management.ManagementFactory;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;

/// Applying a command must not become dearer with the number of segments or topics. Allocation is counted instead of
/// time, because a count is the same on every machine; a copy of anything long would show in it.
class CostTest {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int COMMANDS = 1_000;

    private static ClusterState sealedOften(ClusterState state, int times) {
        ClusterState next = state;
        for (int i = 0; i < times; i++) {
            next = next.apply(seal(topic(next, "logs"), 10)).state();
        }
        return next;
    }

    private static ClusterState withTopics(ClusterState state, String prefix, int count) {
        ClusterState next = state;
        for (int i = 0; i < count; i++) {
            next = next.apply(new CreateTopic(prefix + i, 3)).state();
        }
        return next;
    }

    private static long bytesPerCommand(ClusterState state, UnaryOperator<ClusterState> commands) {
        var _ = commands.apply(state);
        long before = THREADS.getCurrentThreadAllocatedBytes();
        var _ = commands.apply(state);
        return (THREADS.getCurrentThreadAllocatedBytes() - before) / COMMANDS;
    }

    @Test
    void sealingCostsTheSameWithTenAndAHundredThousandSegments() {
        ClusterState topic = cluster(3).apply(new CreateTopic("logs", 3)).state();
        ClusterState few = sealedOften(topic, 10);
        ClusterState many = sealedOften(few, 100_000);
        long withFew = bytesPerCommand(few, state -> sealedOften(state, COMMANDS));
        long withMany = bytesPerCommand(many, state -> sealedOften(state, COMMANDS));
        assertThat(withMany)
                .as("bytes allocated per seal: %d with few segments, %d with many", withFew, withMany)
                .isLessThan(withFew * 2);
    }

    @Test
    void creatingCostsTheSameWithTenAndAHundredThousandTopics() {
        ClusterState few = withTopics(cluster(3), "few-", 10);
        ClusterState many = withTopics(few, "many-", 100_000);
        long withFew = bytesPerCommand(few, state -> withTopics(state, "new-", COMMANDS));
        long withMany = bytesPerCommand(many, state -> withTopics(state, "new-", COMMANDS));
        assertThat(withMany)
                .as("bytes allocated per topic: %d with few topics, %d with many", withFew, withMany)
                .isLessThan(withFew * 3);
    }
}
