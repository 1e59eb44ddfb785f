package io.walrus.testkit.crash;

import io.walrus.storage.engine.Cursor;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/// Everything a caller can see of one stream.
///
/// @param entries the retained ones, from `firstEntry` on
record StreamView(
        long recordCount,
        long entryCount,
        long firstEntry,
        Map<String, Cursor> cursors,
        Map<String, String> attributes,
        List<EntryView> entries) {

    /// What differs, for people.
    List<String> differences(StreamView found) {
        List<String> lines = new ArrayList<>();
        compare(lines, "records", recordCount, found.recordCount);
        compare(lines, "entries", entryCount, found.entryCount);
        compare(lines, "first entry", firstEntry, found.firstEntry);
        compare(lines, "cursors", cursors, found.cursors);
        compare(lines, "attributes", attributes, found.attributes);
        int common = Math.min(entries.size(), found.entries.size());
        for (int i = 0; i < common; i++) {
            if (!entries.get(i).equals(found.entries.get(i))) {
                compare(lines, "entry " + (firstEntry + i), entries.get(i), found.entries.get(i));
                break;
            }
        }
        compare(lines, "retained", entries.size(), found.entries.size());
        return lines;
    }

    private static void compare(List<String> lines, String what, Object expected, Object found) {
        if (!expected.equals(found)) {
            lines.add(what + ": expected " + expected + ", found " + found);
        }
    }
}
