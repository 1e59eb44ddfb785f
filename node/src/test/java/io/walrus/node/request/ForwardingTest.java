package io.walrus.node.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.metadata.OpenSegment;
import io.walrus.metadata.Replica;
import io.walrus.metadata.Topic;
import io.walrus.node.membership.LiveNodes;
import io.walrus.node.part.MetadataView;
import io.walrus.node.part.Now;
import io.walrus.node.peer.Peers;
import io.walrus.node.peer.Silence;
import io.walrus.node.peer.Terms;
import io.walrus.node.topic.ClientMemory;
import io.walrus.node.topic.ServedTopic;
import io.walrus.node.topic.Session;
import io.walrus.node.topic.Slot;
import io.walrus.node.topic.TopicTable;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.pcollections.TreePMap;

class ForwardingTest {
    private static final int PER_TICK = 2_000;
    private static final long TIMEOUT_NS = 1_000;

    private final Now now = new Now();
    private final MetadataView view = new MetadataView(new Replica(1, new UUID(1, 1)), new UUID(2, 1));
    private final Peers peers = new Peers(view, now, _ -> new Silence(), 1, 1, new Terms(1_000, 3, 2_000, 1_000));
    private final Forwarding forwarding =
            new Forwarding(peers, new LiveNodes(view, now, 1), new TopicTable(), now, TIMEOUT_NS);
    private final Session session = new Session(new ClientMemory(64 << 20), 1 << 20, () -> {});

    /// Their leader can't be reached. All have their turn, but not all in one hold of the lock.
    @Test
    void aTickLooksAtSomeOfTheTopicsThatWait() {
        List<Slot> overdue = new ArrayList<>();
        for (int id = 1; id <= 2 * PER_TICK + 7; id++) {
            overdue.add(returned(id));
        }
        now.set(0, TIMEOUT_NS + 1);
        List<Long> refused = new ArrayList<>();
        for (int tick = 0; tick < 3; tick++) {
            forwarding.tick();
            refused.add(overdue.stream().filter(Slot::isReady).count());
        }
        assertThat(refused).containsExactly((long) PER_TICK, 2L * PER_TICK, 2L * PER_TICK + 7);
    }

    /// A topic with one request that came back, and one that is still under way.
    private Slot returned(long id) {
        Replica other = new Replica(2, new UUID(1, 2));
        ServedTopic topic = new ServedTopic(new Topic(
                id, "t" + id, TreePMap.empty(), new OpenSegment(1, 2, List.of(other), TreePMap.empty()), 0, 0));
        Slot slot = session.add();
        topic.forwarded().putReturned(topic.forwarded().sent(1), slot, 1, 0);
        forwarding.pump(topic);
        return slot;
    }
}
