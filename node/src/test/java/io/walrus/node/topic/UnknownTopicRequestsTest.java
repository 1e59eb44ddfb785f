package io.walrus.node.topic;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class UnknownTopicRequestsTest {
    /// Requests lie between others in the memory that a connection's bytes were read into.
    @Test
    void aRequestIsKeptWithoutWhatLiesAroundIt() {
        ByteBuffer read = StandardCharsets.UTF_8.encode("....PUT before x....PUT new payload....GET after");
        ByteBuffer frame = read.position(20).limit(35);
        UnknownTopicRequests waiting = new UnknownTopicRequests();
        waiting.add(new Session(new ClientMemory(64 << 20), 4, () -> {}).add(), frame, 0);

        assertThat(waiting.take())
                .singleElement()
                .satisfies(held -> assertThat(StandardCharsets.UTF_8
                                .decode(held.frame().duplicate())
                                .toString())
                        .isEqualTo("PUT new payload"));
        assertThat(frame.position()).isEqualTo(20);
        assertThat(waiting.isEmpty()).isTrue();
    }
}
