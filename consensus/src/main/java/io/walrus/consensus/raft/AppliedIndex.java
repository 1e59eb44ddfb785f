package io.walrus.consensus.raft;

import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;

/// The last log entry applied to this node's state, and the futures that wait for later entries. Thread-safe.
final class AppliedIndex {
    private final ConcurrentNavigableMap<Long, CompletableFuture<Void>> waiting = new ConcurrentSkipListMap<>();
    private volatile long applied = -1;

    /// Completes when the entry is applied, on the thread that applies. A waiter that gives up leaves a map entry
    /// behind until then.
    CompletableFuture<Void> reached(long index) {
        CompletableFuture<Void> waiter = waiting.computeIfAbsent(index, _ -> new CompletableFuture<>());
        // It may have been applied before the waiter was in the map.
        release();
        return waiter;
    }

    /// On the thread that applies only.
    void advance(long index) {
        applied = index;
        release();
    }

    private void release() {
        for (Map.Entry<Long, CompletableFuture<Void>> entry :
                waiting.headMap(applied, true).entrySet()) {
            if (waiting.remove(entry.getKey(), entry.getValue())) {
                entry.getValue().complete(null);
            }
        }
    }
}
