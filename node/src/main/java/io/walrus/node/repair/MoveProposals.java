package io.walrus.node.repair;

import io.walrus.metadata.Command;
import io.walrus.metadata.Command.SetReplicas;
import io.walrus.metadata.Result;
import io.walrus.node.part.FlushedPart;
import io.walrus.node.peer.SegmentKey;
import io.walrus.node.port.MetadataPort;
import io.walrus.node.port.NodeLock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Proposes where copies of sealed segments are from now on, many at a time, and one proposal after the other. Each
/// carries how often the copies had moved, so it takes effect on what was looked at, or never. Guarded by the node's
/// lock.
public final class MoveProposals implements FlushedPart {
    private static final Logger LOG = LoggerFactory.getLogger(MoveProposals.class);
    private static final int MAX_PER_PROPOSAL = 500;

    private final MetadataPort metadata;
    private final NodeLock lock;
    private final Map<SegmentKey, SetReplicas> next = new LinkedHashMap<>();
    /// What was proposed and may yet take effect.
    private final Map<SegmentKey, Long> promised = new HashMap<>();

    private Set<SegmentKey> underWay = Set.of();

    public MoveProposals(MetadataPort metadata, NodeLock lock) {
        this.metadata = metadata;
        this.lock = lock;
    }

    /// Proposes a change, when the lock is released or later. Does nothing if it is under way.
    void propose(SegmentKey key, SetReplicas change) {
        if (!underWay.contains(key)) {
            next.put(key, change);
        }
    }

    /// Whether a change that this node proposed may yet take effect on a segment whose copies have moved so often.
    boolean isPromised(SegmentKey key, long moves) {
        SetReplicas waiting = next.get(key);
        Long proposed = promised.get(key);
        return (waiting != null && waiting.moves() == moves) || (proposed != null && proposed == moves);
    }

    /// Forgets what can't take effect any more, as the copies have moved so often by now.
    void moved(SegmentKey key, long moves) {
        promised.computeIfPresent(key, (_, proposed) -> proposed < moves ? null : proposed);
    }

    /// Proposes the next changes, unless earlier ones are under way.
    @Override
    public void flush() {
        if (!underWay.isEmpty() || next.isEmpty()) {
            return;
        }
        List<Command> changes = new ArrayList<>();
        Set<SegmentKey> keys = new HashSet<>();
        Set<SegmentKey> fresh = new HashSet<>();
        for (Iterator<Map.Entry<SegmentKey, SetReplicas>> all = next.entrySet().iterator();
                all.hasNext() && keys.size() < MAX_PER_PROPOSAL; ) {
            Map.Entry<SegmentKey, SetReplicas> one = all.next();
            all.remove();
            keys.add(one.getKey());
            changes.add(one.getValue());
            if (promised.put(one.getKey(), one.getValue().moves()) == null) {
                fresh.add(one.getKey());
            }
        }
        underWay = keys;
        metadata.propose(new Command.Batch(changes), new Reply(fresh));
    }

    /// What was applied arrives as a change of the metadata, and what was not is proposed again by who wants it.
    private final class Reply implements MetadataPort.ProposalReply {
        /// Those of which no earlier proposal may yet take effect, whatever became of this one.
        private final Set<SegmentKey> fresh;

        Reply(Set<SegmentKey> fresh) {
            this.fresh = fresh;
        }

        @Override
        public void applied(Result result) {
            if (result instanceof Result.BatchResult(List<Result> results)) {
                for (Result each : results) {
                    if (each instanceof Result.Rejected(String reason)) {
                        LOG.warn("the copies of a segment can't be recorded: {}", reason);
                    }
                }
            }
            ended(true);
        }

        @Override
        public void notProposed(String reason) {
            LOG.debug("the copies of segments are not recorded yet: {}", reason);
            ended(true);
        }

        @Override
        public void unknown(String reason) {
            LOG.debug("the copies of segments may not be recorded yet: {}", reason);
            ended(false);
        }

        private void ended(boolean isSettled) {
            lock.run(() -> {
                underWay = Set.of();
                if (isSettled) {
                    fresh.forEach(promised::remove);
                }
            });
        }
    }
}
