package io.walrus.node.topic;

import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.metadata.OpenSegment;
import io.walrus.metadata.Replica;
import io.walrus.metadata.Topic;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.pcollections.TreePMap;

class TopicSweepTest {
    private static final int PART = 5_000;

    private final TopicTable table = new TopicTable();
    private final TopicSweep sweep = new TopicSweep(table);
    private final List<Long> seen = new ArrayList<>();

    private List<Long> next() {
        seen.clear();
        sweep.goOn(topic -> seen.add(topic.topicId()));
        return seen;
    }

    private static List<Long> ids(long from, long to) {
        return LongStream.rangeClosed(from, to).boxed().toList();
    }

    @Test
    void looksAtEachTopicOnceAPartAtATime() {
        topics(2 * PART + 3);
        assertThat(next()).isEmpty();
        sweep.begin();
        assertThat(next()).isEqualTo(ids(1, PART));
        assertThat(next()).isEqualTo(ids(PART + 1, 2 * PART));
        assertThat(next()).isEqualTo(ids(2 * PART + 1, 2 * PART + 3));
        assertThat(next()).isEmpty();
    }

    /// Else what begins it again and again would keep it from the last topics for good.
    @Test
    void endsBeforeItBeginsAnew() {
        topics(PART + 3);
        sweep.begin();
        assertThat(next()).isEqualTo(ids(1, PART));
        sweep.begin();
        assertThat(next()).startsWith((long) PART + 1, (long) PART + 2, (long) PART + 3, 1L);
    }

    @Test
    void passesOverNoTopicWhenOthersComeAndGo() {
        topics(PART + 2);
        sweep.begin();
        assertThat(next()).hasSize(PART);
        table.remove(1);
        table.remove(PART + 1);
        table.add(topic(PART + 3));
        assertThat(next()).containsExactly((long) PART + 2, (long) PART + 3);
    }

    @Test
    void topicsOfWhichSomethingWaitsTakeTurns() {
        topics(PART + 2);
        for (ServedTopic topic : List.copyOf(table.all())) {
            topic.opening();
            table.markPending(topic);
        }
        List<ServedTopic> first = table.takePending();
        assertThat(first).hasSize(PART);
        first.forEach(table::markPending);
        List<ServedTopic> second = table.takePending();
        assertThat(second).hasSize(PART).contains(table.find(PART + 1), table.find(PART + 2));
        second.forEach(topic -> {
            topic.unled();
            table.markPending(topic);
        });
        assertThat(table.takePending()).hasSize(2);
    }

    private void topics(int count) {
        for (long id = 1; id <= count; id++) {
            table.add(topic(id));
        }
    }

    private static ServedTopic topic(long id) {
        Replica self = new Replica(1, new UUID(1, 1));
        return new ServedTopic(new Topic(
                id, "t" + id, TreePMap.empty(), new OpenSegment(1, 1, List.of(self), TreePMap.empty()), 0, 0));
    }
}
