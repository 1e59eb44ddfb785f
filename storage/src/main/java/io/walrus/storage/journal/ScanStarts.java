package io.walrus.storage.journal;

import io.walrus.storage.error.Invariants;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;

/// The places where a scan of the journal can start: block starts, each with the number of the first group there, for
/// all blocks still needed. Thread-safe: the appender adds places, a checkpoint removes them.
public final class ScanStarts {
    private final ConcurrentSkipListMap<Long, Long> firstGroups;

    ScanStarts(JournalStart start) {
        this.firstGroups = new ConcurrentSkipListMap<>(start.firstGroups());
    }

    void add(long blockStart, long group) {
        firstGroups.put(blockStart, group);
    }

    /// The last place at or before `position`, and the number of the first group there.
    public Map.Entry<Long, Long> before(long position) {
        return Invariants.present(firstGroups.floorEntry(position), "every block in use has its first group on record");
    }

    /// Notes where scans start from now on, and forgets the places before.
    public void startAt(long position, long group) {
        firstGroups.put(position, group);
        firstGroups.headMap(position, false).clear();
    }
}
