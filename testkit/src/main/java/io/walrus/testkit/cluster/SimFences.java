package io.walrus.testkit.cluster;

import io.walrus.metadata.ClusterState;
import io.walrus.metadata.SegmentFate;
import io.walrus.node.peer.SegmentKey;
import io.walrus.node.replicate.Fences;
import io.walrus.storage.engine.LogEngine;
import io.walrus.storage.engine.LogStream;
import java.util.HashSet;
import java.util.Set;

/// The fences of one node's copies: a copy that has had one has it for good, whatever happens to the process.
final class SimFences {
    private final long nodeId;
    /// The streams of copies that have had a fence. A copy that was deleted and made anew is another stream.
    private final Set<Integer> seen = new HashSet<>();

    SimFences(long nodeId) {
        this.nodeId = nodeId;
    }

    /// The disk is another one, or has forgotten some.
    void forget() {
        seen.clear();
    }

    void check(LogEngine engine) {
        for (LogStream stream : engine.streams()) {
            if (isFenced(stream)) {
                seen.add(stream.id());
            } else if (seen.contains(stream.id())) {
                throw new ClusterFailure(
                        BrokenPromise.FORGOTTEN_FENCE,
                        "node " + nodeId + " has forgotten the fence of segment " + SegmentKey.decode(stream.key()));
            }
        }
    }

    /// How many copies of open segments have one.
    long countOpen(LogEngine engine, ClusterState decided) {
        return engine.streams().stream()
                .filter(SimFences::isFenced)
                .map(stream -> SegmentKey.decode(stream.key()))
                .filter(key -> decided.fate(key.topicId(), key.segment()) == SegmentFate.OPEN)
                .count();
    }

    private static boolean isFenced(LogStream stream) {
        byte[] fence = stream.attribute(Fences.ATTRIBUTE);
        return fence != null && fence.length > 0;
    }
}
