package io.walrus.systemtests.cluster;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.walrus.systemtests.node.TopicState;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/// What the soak relies on to find logs that change.
class LogSeenTest {
    private static final byte[] ENTRY = {1, 2, 3};
    private static final byte[] OTHER = {1, 2, 4};

    private final LogSeen seen = new LogSeen("t");

    @Test
    void anEntryStaysWhatItIs() {
        seen.entry(1, 40, ENTRY);
        assertThatCode(() -> seen.entry(1, 40, ENTRY)).doesNotThrowAnyException();
        assertThatThrownBy(() -> seen.entry(1, 40, OTHER)).hasMessageContaining("entry 40 of segment 1 of t");
    }

    @Test
    void aSealedSegmentKeepsItsCount() {
        seen.state(state(2, Map.of(1L, 10L)));
        assertThatCode(() -> seen.state(state(3, Map.of(1L, 10L, 2L, 5L)))).doesNotThrowAnyException();
        assertThatThrownBy(() -> seen.state(state(3, Map.of(1L, 11L)))).hasMessageContaining("sealed with 10 entries");
    }

    @Test
    void aSegmentIsNotSealedShorterThanWhatWasReadOfIt() {
        seen.entry(1, 10, ENTRY);
        assertThatThrownBy(() -> seen.state(state(2, Map.of(1L, 10L)))).hasMessageContaining("had 11");
    }

    @Test
    void aSegmentWithEntriesDoesNotGoAway() {
        seen.entry(1, 0, ENTRY);
        assertThatCode(() -> seen.finalState(state(1, Map.of()))).doesNotThrowAnyException();
        assertThatThrownBy(() -> seen.finalState(state(2, Map.of()))).hasMessageContaining("segment 1 of t");
    }

    private static TopicState state(long current, Map<Long, Long> sealed) {
        long entries = sealed.values().stream().mapToLong(Long::longValue).sum();
        return new TopicState(current, 1, new TreeMap<>(), new TreeMap<>(sealed), entries, 0, 0);
    }
}
