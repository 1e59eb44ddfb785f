package io.walrus.testkit.crash;

import io.walrus.storage.engine.Cursor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/// The naive model of one stream: all its records in a list. Immutable; each change makes a new one.
final class StreamModel {
    private sealed interface ModelRecord {}

    private record Data(List<EntryView> entries) implements ModelRecord {}

    private record CursorSet(String name, Cursor cursor) implements ModelRecord {}

    private final List<ModelRecord> records;
    private final long firstEntry;
    private final Map<String, Cursor> cursors;
    private final Map<String, String> attributes;
    private final StreamView view;

    private StreamModel(
            List<ModelRecord> records, long firstEntry, Map<String, Cursor> cursors, Map<String, String> attributes) {
        this.records = records;
        this.firstEntry = firstEntry;
        this.cursors = cursors;
        this.attributes = attributes;
        List<EntryView> entries = new ArrayList<>();
        for (ModelRecord each : records) {
            if (each instanceof Data data) {
                entries.addAll(data.entries);
            }
        }
        List<EntryView> retained = entries.subList((int) firstEntry, entries.size());
        this.view =
                new StreamView(records.size(), entries.size(), firstEntry, cursors, attributes, List.copyOf(retained));
    }

    static StreamModel empty() {
        return new StreamModel(List.of(), 0, Map.of(), Map.of());
    }

    StreamView view() {
        return view;
    }

    StreamModel append(List<EntryView> entries) {
        return with(new Data(entries), cursors);
    }

    StreamModel setCursor(String name, Cursor cursor) {
        Map<String, Cursor> changed = new TreeMap<>(cursors);
        changed.put(name, cursor);
        return with(new CursorSet(name, cursor), changed);
    }

    StreamModel setAttribute(String name, String value) {
        Map<String, String> changed = new TreeMap<>(attributes);
        changed.put(name, value);
        return new StreamModel(records, firstEntry, cursors, changed);
    }

    /// Keeps the first `count` records. Cursors stay where they are.
    StreamModel truncate(long count) {
        return new StreamModel(List.copyOf(records.subList(0, (int) count)), firstEntry, cursors, attributes);
    }

    /// Drops the entries before `entry`.
    StreamModel trim(long entry) {
        return new StreamModel(records, Math.max(firstEntry, entry), cursors, attributes);
    }

    /// The smallest number of records a truncation may leave: it never reaches into what was trimmed.
    int recordsBeforeFirstEntry() {
        int count = 0;
        while (entriesBefore(count) < firstEntry) {
            count++;
        }
        return count;
    }

    /// Whether nothing but cursor records lies between the first retained entry and a record: files that hold no entry
    /// are dropped, so that record may be gone.
    boolean mayBeTrimmed(long record) {
        return entriesBefore((int) record) <= firstEntry;
    }

    private long entriesBefore(int record) {
        long entries = 0;
        for (ModelRecord each : records.subList(0, record)) {
            if (each instanceof Data data) {
                entries += data.entries.size();
            }
        }
        return entries;
    }

    private StreamModel with(ModelRecord added, Map<String, Cursor> newCursors) {
        List<ModelRecord> more = new ArrayList<>(records);
        more.add(added);
        return new StreamModel(more, firstEntry, newCursors, attributes);
    }
}
