package io.walrus.systemtests.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import io.walrus.systemtests.node.Stamp;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// Compares a topic's log, entry by entry, with what its writers did: each acknowledged entry is there once, in its
/// writer's order; one of unknown outcome at most once; a refused one never; nothing else is.
///
/// An entry of unknown outcome may lie anywhere: it can still have been under way when its writer, on another
/// connection, had gone on.
final class LogCheck implements Consumer<byte[]> {
    private static final int SHOWN = 20;

    private static final class Found {
        private final History history;
        private final BitSet numbers = new BitSet();
        private int lastAcknowledged = -1;

        Found(History history) {
            this.history = history;
        }
    }

    private final String topic;
    private final Map<String, Found> writers = new HashMap<>();
    private final List<String> wrong = new ArrayList<>();
    private long entries;

    LogCheck(String topic, List<History> histories) {
        this.topic = topic;
        histories.stream()
                .filter(history -> history.topic().equals(topic))
                .forEach(history -> writers.put(history.writer(), new Found(history)));
    }

    @Override
    public void accept(byte[] entry) {
        accept(Stamp.of(entry));
    }

    void accept(Stamp stamp) {
        entries++;
        String fault = fault(stamp);
        if (fault != null) {
            wrong.add("entry %d of the log, %s: %s".formatted(entries - 1, stamp, fault));
        }
    }

    /// After the last entry.
    void finish() {
        for (Found found : writers.values()) {
            BitSet lost = found.history.lost(found.numbers);
            if (!lost.isEmpty()) {
                wrong.add("%d acknowledged entries of %s are missing: %s"
                        .formatted(lost.cardinality(), found.history, shown(lost)));
            }
        }
        assertThat(wrong.stream().limit(SHOWN))
                .as("%d faults in %s, which holds %d entries, among them", wrong.size(), topic, entries)
                .isEmpty();
    }

    long entries() {
        return entries;
    }

    private @Nullable String fault(Stamp stamp) {
        Found found = writers.get(stamp.writer());
        int number = stamp.number();
        if (found == null || number >= found.history.sent()) {
            return "nobody wrote it";
        }
        if (found.numbers.get(number)) {
            return "found before";
        }
        found.numbers.set(number);
        if (found.history.wasRefused(number)) {
            return "it was refused";
        }
        if (found.history.wasAcknowledged(number)) {
            if (number < found.lastAcknowledged) {
                return "it lies behind entry " + found.lastAcknowledged + ", which was sent after it";
            }
            found.lastAcknowledged = number;
        }
        return null;
    }

    private static String shown(BitSet numbers) {
        List<Integer> first = numbers.stream().limit(SHOWN).boxed().toList();
        return first + (numbers.cardinality() > SHOWN ? "…" : "");
    }
}
