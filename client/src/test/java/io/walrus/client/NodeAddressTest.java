package io.walrus.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NodeAddressTest {
    @Test
    void aListIsReadInItsOrder() {
        assertThat(NodeAddress.parse("127.0.0.1:9091, walrus.example:9092,[::1]:9093"))
                .containsExactly(
                        new NodeAddress("127.0.0.1", 9091),
                        new NodeAddress("walrus.example", 9092),
                        new NodeAddress("::1", 9093));
    }

    @Test
    void anAddressIsShownAsItIsWritten() {
        assertThat(NodeAddress.parse("[::1]:9093,host:1"))
                .extracting(NodeAddress::toString)
                .containsExactly("[::1]:9093", "host:1");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "host",
                "host:",
                ":9091",
                "host:0",
                "host:65536",
                "host:-1",
                "host:x",
                "::1:9091",
                "a:1,",
                ",a:1"
            })
    void whatIsNoAddressIsNamed(String list) {
        assertThatThrownBy(() -> NodeAddress.parse(list))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("must be HOST:PORT");
    }
}
