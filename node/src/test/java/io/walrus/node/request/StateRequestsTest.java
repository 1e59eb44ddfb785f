package io.walrus.node.request;

import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.metadata.OpenSegment;
import io.walrus.metadata.Replica;
import io.walrus.metadata.SealedSegment;
import io.walrus.metadata.Topic;
import io.walrus.node.config.Timing;
import io.walrus.node.membership.Lease;
import io.walrus.node.part.MetadataView;
import io.walrus.node.part.Now;
import io.walrus.node.peer.Peers;
import io.walrus.node.peer.Silence;
import io.walrus.node.peer.Terms;
import io.walrus.node.port.NodeLock;
import io.walrus.node.replicate.ReplicaSender;
import io.walrus.node.store.BlockReads;
import io.walrus.node.store.SmallEngine;
import io.walrus.node.topic.ServedTopic;
import io.walrus.node.topic.Slot;
import io.walrus.node.topic.SlotOwner;
import io.walrus.node.topic.TopicTable;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.pcollections.TreePMap;

@Timeout(60)
class StateRequestsTest {
    private static final Replica SELF = new Replica(1, new UUID(1, 1));
    private static final Replica OTHER = new Replica(2, new UUID(1, 2));

    @TempDir
    Path folder;

    private final Lock lock = new Lock();
    private final Deque<Runnable> background = new ArrayDeque<>();
    private final Now now = new Now();
    private final CountDownLatch rendered = new CountDownLatch(1);
    private boolean wasRenderedUnlocked;

    /// Another node leads the topic and says nothing, so what is known here is the answer after a while.
    private void answered(ServedTopic topic, Slot slot, Runnable then) throws IOException {
        try (SmallEngine small = new SmallEngine(folder)) {
            MetadataView view = new MetadataView(SELF, new UUID(2, 1));
            TopicTable topics = new TopicTable();
            Peers peers = new Peers(view, now, _ -> new Silence(), 1, 1, new Terms(1_000, 3, 2_000, 1_000));
            BlockReads reads = new BlockReads(small.engine(), background::add, lock, 1 << 20);
            StateRequests requests = new StateRequests(
                    topics,
                    peers,
                    new StateReports(new Rendered(), background::add, lock),
                    new Lease(now, 1),
                    new ReplicaSender(small.engine(), peers, reads, topics, now, 1),
                    now);
            lock.enter();
            try {
                requests.state(topic, slot);
                now.set(0, Timing.STATE_PATIENCE_NS);
                requests.tick();
                then.run();
            } finally {
                lock.exit();
            }
        }
    }

    @Test
    void aLongChainIsRenderedWhileOthersHaveTheLock() throws Exception {
        Slot slot = Slot.openFor(new Nobody());
        Thread reader = Thread.ofPlatform().unstarted(() -> background.remove().run());
        answered(topic(100_000), slot, () -> {
            assertThat(background).hasSize(1);
            assertThat(rendered.getCount()).isEqualTo(1);
            reader.start();
            awaitRendered();
            assertThat(slot.isReady()).isFalse();
        });
        reader.join();
        assertThat(wasRenderedUnlocked).isTrue();
        assertThat(slot.isReady()).isTrue();
    }

    @Test
    void aShortChainIsRenderedAtOnce() throws Exception {
        Slot slot = Slot.openFor(new Nobody());
        answered(topic(10), slot, () -> assertThat(slot.isReady()).isTrue());
        assertThat(background).isEmpty();
    }

    private void awaitRendered() {
        try {
            rendered.await();
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    private static ServedTopic topic(int sealed) {
        List<Replica> replicas = List.of(OTHER);
        TreeMap<Long, SealedSegment> chain = new TreeMap<>();
        for (long number = 1; number <= sealed; number++) {
            chain.put(number, new SealedSegment(number, 1, 1, 1, 2, replicas, 0));
        }
        OpenSegment open = new OpenSegment(sealed + 1L, 2, replicas, TreePMap.empty());
        return new ServedTopic(new Topic(1, "t", TreePMap.fromSortedMap(chain), open, sealed, 0));
    }

    private final class Rendered implements Reports {
        @Override
        public String state(TopicState topic) {
            wasRenderedUnlocked = !lock.lock.isHeldByCurrentThread();
            rendered.countDown();
            return topic.metadata().name();
        }

        @Override
        public String seal(SealReport report) {
            return "";
        }

        @Override
        public String cluster(ClusterView view) {
            return "";
        }

        @Override
        public String metrics(NodeFigures figures) {
            return "";
        }
    }

    private static final class Lock implements NodeLock {
        private final ReentrantLock lock = new ReentrantLock();

        @Override
        public void enter() {
            lock.lock();
        }

        @Override
        public void exit() {
            lock.unlock();
        }
    }

    private static final class Nobody implements SlotOwner {
        @Override
        public void hold(int bytes) {}

        @Override
        public void expect(int bytes) {}

        @Override
        public boolean mayHold(Slot slot, int bytes) {
            return true;
        }

        @Override
        public void park(Slot slot, int bytes, Runnable again) {}

        @Override
        public void logged(Slot slot) {}

        @Override
        public void wake(Slot slot) {}
    }
}
