package io.walrus.node.request;

import io.walrus.node.port.BackgroundReads;
import io.walrus.node.port.NodeLock;
import io.walrus.node.topic.ServedTopic;
import java.util.function.Consumer;

/// Makes what STATE answers, of a long chain later and without the lock. Guarded by the node's lock but for that.
public final class StateReports {
    /// Segments of which the report is made at once. More of them are not worth the time that the lock would be held.
    private static final int FEW_SEGMENTS = 1_000;

    private final Reports reports;
    private final BackgroundReads background;
    private final NodeLock lock;

    public StateReports(Reports reports, BackgroundReads background, NodeLock lock) {
        this.reports = reports;
        this.background = background;
        this.lock = lock;
    }

    /// Has the report made of what is known of a topic now.
    ///
    /// @param isCurrent whether this node knows the open segment, which only its leader does
    /// @param then takes the report, with the lock held: before this returns, or later
    void report(ServedTopic topic, boolean isCurrent, Consumer<String> then) {
        TopicState state = TopicState.of(topic, isCurrent);
        if (state.metadata().sealed().size() <= FEW_SEGMENTS) {
            then.accept(reports.state(state));
        } else {
            background.submit(() -> {
                String body = reports.state(state);
                lock.run(() -> then.accept(body));
            });
        }
    }
}
