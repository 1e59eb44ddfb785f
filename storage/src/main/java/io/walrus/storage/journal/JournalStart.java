package io.walrus.storage.journal;

import java.util.Collections;
import java.util.NavigableMap;
import java.util.TreeMap;

/// Where a journal goes on.
///
/// @param head where the next group may begin
/// @param nextGroup its number
/// @param firstGroups for each block that is still needed, where it begins (or the scan did), and the first group there
public record JournalStart(long head, long nextGroup, NavigableMap<Long, Long> firstGroups) {
    public JournalStart {
        firstGroups = Collections.unmodifiableNavigableMap(new TreeMap<>(firstGroups));
    }
}
