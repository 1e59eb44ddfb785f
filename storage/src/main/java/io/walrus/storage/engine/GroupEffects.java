package io.walrus.storage.engine;

import io.walrus.storage.journal.Effects;
import io.walrus.storage.stream.Counts;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What one group does to the streams.
final class GroupEffects implements Effects {
    private static final int COUNTS = 3;

    private final Catalog catalog;
    private @Nullable LogStream[] streams = new @Nullable LogStream[8];
    private long[] counts = new long[8 * COUNTS];
    private int size;
    private long group;
    private final List<Change> changes = new ArrayList<>();

    /// A change besides appended records, published in the order of the records.
    sealed interface Change {
        LogStream stream();

        record Created(LogStream stream) implements Change {}

        record Deleted(LogStream stream) implements Change {}

        record Truncated(LogStream stream, Counts to) implements Change {}

        record Trimmed(LogStream stream, long before) implements Change {}

        record CursorSet(LogStream stream, String name, Cursor cursor) implements Change {}

        @SuppressWarnings("ArrayRecordComponent")
        record AttributeSet(LogStream stream, String name, byte[] value) implements Change {}
    }

    GroupEffects(Catalog catalog) {
        this.catalog = catalog;
    }

    void touch(LogStream stream, long groupNumber) {
        if (stream.touchedGroup == groupNumber) {
            return;
        }
        stream.touchedGroup = groupNumber;
        group = groupNumber;
        if (size == streams.length) {
            streams = Arrays.copyOf(streams, 2 * size);
            counts = Arrays.copyOf(counts, 2 * size * COUNTS);
        }
        streams[size++] = stream;
    }

    void add(Change change) {
        changes.add(change);
    }

    @Override
    public void seal() {
        for (int i = 0; i < size; i++) {
            LogStream stream = streams[i];
            if (stream != null) {
                counts[i * COUNTS] = stream.records();
                counts[i * COUNTS + 1] = stream.entries();
                counts[i * COUNTS + 2] = stream.bytes();
            }
        }
    }

    @Override
    public void publish() {
        for (int i = 0; i < changes.size(); i++) {
            catalog.publish(changes.get(i), group);
        }
        changes.clear();
        for (int i = 0; i < size; i++) {
            LogStream stream = streams[i];
            if (stream != null) {
                stream.publish(counts[i * COUNTS], counts[i * COUNTS + 1], counts[i * COUNTS + 2], group);
            }
            streams[i] = null;
        }
        size = 0;
    }
}
