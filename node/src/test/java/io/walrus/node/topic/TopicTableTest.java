package io.walrus.node.topic;

import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.metadata.OpenSegment;
import io.walrus.metadata.Replica;
import io.walrus.metadata.Topic;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.pcollections.TreePMap;

class TopicTableTest {
    private final TopicTable table = new TopicTable();

    @Test
    void findsEveryTopicByItsNameWithinARequest() {
        for (int i = 1; i <= 1_000; i++) {
            table.add(topic(i, "tópico-" + i));
        }
        for (int i = 1; i <= 1_000; i++) {
            byte[] name = ("tópico-" + i).getBytes(StandardCharsets.UTF_8);
            ByteBuffer request = ByteBuffer.allocate(name.length + 9).put("GET ".getBytes(StandardCharsets.US_ASCII));
            request.put(name);
            ServedTopic found = Objects.requireNonNull(table.find(request, 4, name.length));
            assertThat(found.topicId()).isEqualTo(i);
            assertThat(table.find(i)).isSameAs(found);
        }
        assertThat(table.find("tópico-")).isNull();
        assertThat(table.find("tópico-1001")).isNull();
    }

    @Test
    void aRemovedTopicIsGoneAndTheOthersStay() {
        for (int i = 1; i <= 100; i++) {
            table.add(topic(i, "t" + i));
        }
        table.remove(50);
        assertThat(table.find("t50")).isNull();
        assertThat(table.find(50)).isNull();
        for (int i = 1; i <= 100; i++) {
            assertThat(table.find("t" + i) == null).isEqualTo(i == 50);
        }
    }

    private static ServedTopic topic(long id, String name) {
        Replica self = new Replica(1, new UUID(1, 1));
        return new ServedTopic(
                new Topic(id, name, TreePMap.empty(), new OpenSegment(1, 1, List.of(self), TreePMap.empty()), 0, 0));
    }
}
