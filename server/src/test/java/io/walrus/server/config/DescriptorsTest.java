package io.walrus.server.config;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DescriptorsTest {
    @ParameterizedTest
    @ValueSource(longs = {400, 1_024, 4_096, 65_536, 1_048_576})
    void connectionsLeaveTheFilesTheirShare(long all) {
        Descriptors descriptors = Descriptors.of(all);
        assertThat((long) descriptors.streamFiles() + descriptors.connections()).isLessThan(all - 100);
        assertThat(descriptors.streamFiles()).isGreaterThanOrEqualTo(64);
        assertThat(descriptors.connections()).isGreaterThanOrEqualTo(16);
    }

    @Test
    void aSystemThatDoesNotSayIsTakenForSmall() {
        assertThat(Descriptors.of(0)).isEqualTo(new Descriptors(64, 16));
    }
}
