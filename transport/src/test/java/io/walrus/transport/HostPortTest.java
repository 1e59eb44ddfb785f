package io.walrus.transport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HostPortTest {
    @ParameterizedTest
    @CsvSource({
        "localhost, localhost:6000",
        "node-1.example, node-1.example:6000",
        "10.0.0.7, 10.0.0.7:6000",
        "::1, [::1]:6000",
        "[::1], [::1]:6000",
        "fd00::7, [fd00::7]:6000"
    })
    void anAddressIsReadAsItIsWritten(String host, String text) {
        assertThat(HostPort.hostFault(host)).isNull();
        assertThat(new HostPort(host, 6000)).hasToString(text);
        assertThat(HostPort.parse(text)).isEqualTo(new HostPort(host, 6000));
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::", "[::]", "0:0:0:0:0:0:0:0", "[::0]"})
    void anAddressOfAllInterfacesIsNobodys(String host) {
        assertThat(HostPort.hostFault(host)).startsWith("must be one host's");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "walrus_node1", "a b", "host:6000", "[host]", "::1%lo", "10.0.0.256", "a/b", "-a"})
    void aHostThatNobodyCanConnectToIsRefused(String host) {
        assertThat(HostPort.hostFault(host)).startsWith("must be");
        assertThatThrownBy(() -> HostPort.parse(host + ":6000")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void anAddressHasAPort() {
        for (String text : new String[] {"host", "host:", "host:0", "host:65536", "host:http", "[::1]"}) {
            assertThatThrownBy(() -> HostPort.parse(text)).hasMessageContaining("is not HOST:PORT");
        }
    }
}
