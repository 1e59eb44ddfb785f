package io.walrus.node.replicate;

import io.walrus.node.config.Timeouts;
import io.walrus.node.config.Timing;
import io.walrus.node.membership.Heartbeats;
import io.walrus.node.membership.LiveNodes;
import io.walrus.node.part.Now;
import io.walrus.node.part.Part;
import io.walrus.node.peer.LogHealth;
import io.walrus.node.topic.LedSegment;
import io.walrus.node.topic.Progress;
import io.walrus.storage.engine.LogEngine;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Says how this node's log is, above all whether the node is stalled: neither dead nor of use.
///
/// Stalled is a node of which a write has not returned for the stall timeout, be it that the disk hangs or that the
/// thread that writes is gone. So is one that has yet to apply what was decided so long ago, as its part of the
/// metadata hangs: it does not know what it is to lead. And so is one whose followers are alive, as the metadata's
/// leader sees them, and still confirm nothing, as when only the links to them are cut. A stalled node leads no
/// segments that others can lead, is not chosen for new ones, and has another node lead the metadata. It is stalled
/// no more once the write has returned, or, where followers were the reason, after a rest. Time in which the whole
/// process stood still counts for nothing.
///
/// Guarded by the node's lock.
public final class StallWatch implements Part {
    private static final Logger LOG = LoggerFactory.getLogger(StallWatch.class);

    private final LogEngine engine;
    private final ReplicaSender sender;
    private final LiveNodes live;
    private final Heartbeats heartbeats;
    private final Now now;
    private final Timeouts timeouts;
    private long awakeSinceNs;
    private boolean everTicked;
    private boolean rests;
    private long restsUntilNs;

    /// A watch that has seen nothing yet.
    public StallWatch(
            LogEngine engine, ReplicaSender sender, LiveNodes live, Heartbeats heartbeats, Now now, Timeouts timeouts) {
        this.engine = engine;
        this.sender = sender;
        this.live = live;
        this.heartbeats = heartbeats;
        this.now = now;
        this.timeouts = timeouts;
    }

    /// Looks at what waits, before this node tells others how it is.
    @Override
    public void tick() {
        if (!everTicked || heartbeats.hasPaused()) {
            everTicked = true;
            awakeSinceNs = now.ns();
        }
        LogHealth log = LogHealth.of(engine.state());
        if (log == LogHealth.FAILED) {
            live.own(log);
            return;
        }
        String reason = reason();
        boolean wasStalled = live.own() == LogHealth.STALLED;
        if (reason != null && !wasStalled) {
            LOG.warn("this node is stalled and leads nothing that others can lead: {}", reason);
        } else if (reason == null && wasStalled) {
            LOG.warn("this node is no longer stalled");
        }
        live.own(reason == null ? log : LogHealth.STALLED);
    }

    /// @return why this node is stalled, or null if it is not
    private @Nullable String reason() {
        long pendingNs = awakeFor(engine.pendingNs());
        if (pendingNs >= timeouts.stallNs()) {
            return "a write to its disk has not returned for " + TimeUnit.NANOSECONDS.toMillis(pendingNs) + " ms";
        }
        long behindNs = awakeFor(heartbeats.behindNs());
        if (behindNs >= timeouts.stallNs()) {
            return "what was decided has not been applied here for " + TimeUnit.NANOSECONDS.toMillis(behindNs) + " ms";
        }
        if (sender.unsettled().stream().anyMatch(this::isUnconfirmed)) {
            rests = true;
            restsUntilNs = now.ns() + Timing.COMMIT_STALL_REST_NS;
        }
        rests &= restsUntilNs - now.ns() > 0;
        return rests ? "followers that are alive confirm nothing of what is appended" : null;
    }

    private long awakeFor(long ns) {
        return Math.min(ns, now.ns() - awakeSinceNs);
    }

    /// Whether nothing of a segment becomes committed though enough of those that store it are alive and have room.
    private boolean isUnconfirmed(LedSegment segment) {
        return awakeFor(segment.waitingNs(now.ns())) >= timeouts.commitStallNs() && shouldCommit(segment);
    }

    private boolean shouldCommit(LedSegment segment) {
        int fit = 1;
        for (Progress follower : segment.followers()) {
            fit += !follower.isFenced() && live.withRoom().contains(follower.nodeId()) ? 1 : 0;
        }
        int followers = segment.followers().length;
        return followers > 0 && 2 * fit > followers + 1;
    }
}
