package io.walrus.node.replicate;

import io.walrus.node.config.Timing;
import io.walrus.node.part.FlushedPart;
import io.walrus.node.part.Now;
import io.walrus.node.peer.CopyOutcome;
import io.walrus.node.peer.Peer;
import io.walrus.node.peer.PeerFollower;
import io.walrus.node.peer.PeerMessage;
import io.walrus.node.peer.PeerMessage.Copied;
import io.walrus.node.peer.Peers;
import io.walrus.node.peer.ReadKind;
import io.walrus.node.peer.RecordBlock;
import io.walrus.node.peer.SegmentKey;
import io.walrus.node.store.BlockReads;
import io.walrus.node.topic.LedSegment;
import io.walrus.node.topic.Progress;
import io.walrus.node.topic.TopicTable;
import io.walrus.protocol.ErrorTexts;
import io.walrus.storage.engine.LogEngine;
import io.walrus.storage.engine.LogStream;
import io.walrus.storage.engine.ReadBuffer;
import io.walrus.storage.error.StorageException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The leader's side of replication: sends what was appended to the segments this node leads to their followers.
///
/// Nothing is kept for a follower but how far it is: what it has yet to get is read from this node's own copy, from
/// memory while it is there, else from the disk. To each a bounded number of bytes is under way. Guarded by the node's
/// lock but for the reads of the disk.
public final class ReplicaSender implements FlushedPart, PeerFollower {
    /// What followers have answered, in the order of how much depends on it.
    public enum News {
        NONE,
        /// One has taken something, be it nothing: this node led the segment when that was sent.
        CONFIRMED,
        /// More is committed, other than by this node's own log.
        COMMITTED
    }

    private static final Logger LOG = LoggerFactory.getLogger(ReplicaSender.class);

    private final LogEngine engine;
    private final Peers peers;
    private final BlockReads reads;
    private final TopicTable topics;
    private final Now now;
    private final long timeoutNs;
    private final Map<SegmentKey, LedSegment> led = new HashMap<>();
    private final List<LedSegment> changed = new ArrayList<>();
    /// Segments with something that is not committed, or that is to be tried again; others may be among them.
    private final Set<LedSegment> unsettled = new LinkedHashSet<>();
    private final Map<Long, Follower> followers = new HashMap<>();
    private final ReadBuffer recent = new ReadBuffer(BlockReads.BLOCK_BYTES);
    private News news = News.NONE;

    /// @param topics are told of a segment that somebody else is sealing
    /// @param timeoutNs how long what was appended is waited for to be committed
    public ReplicaSender(LogEngine engine, Peers peers, BlockReads reads, TopicTable topics, Now now, long timeoutNs) {
        this.engine = engine;
        this.peers = peers;
        this.reads = reads;
        this.topics = topics;
        this.now = now;
        this.timeoutNs = timeoutNs;
    }

    /// This node leads a segment from now on.
    public void begin(LedSegment segment) {
        led.put(segment.key(), segment);
        unsettled(segment);
    }

    /// The segment is not the open one any more.
    public void end(LedSegment segment) {
        led.remove(segment.key());
        unsettled.remove(segment);
    }

    /// Looks whether every node that stores a segment takes an entry of a size. One that this node has not been
    /// connected with takes at least what any does.
    ///
    /// @return why not, as a client is told; null if they do
    public @Nullable String sizeFault(LedSegment segment, int bytes) {
        if (peers.allTake(bytes)) {
            return null;
        }
        int most = engine.maxEntryBytes();
        boolean isSure = true;
        for (Progress progress : segment.followers()) {
            Peer peer = peers.find(progress.nodeId());
            int its = peer == null ? 0 : peer.maxEntryBytes();
            most = its > 0 ? Math.min(most, its) : most;
            isSure &= its > 0 || bytes <= Peers.LEAST_ENTRY_BYTES;
        }
        if (bytes > most) {
            return ErrorTexts.entryTooLarge(bytes, most);
        }
        return isSure
                ? null
                : ErrorTexts.notReady("this node has yet to hear from all that store segment " + segment.key()
                        + " whether they take an entry of " + bytes + " bytes");
    }

    /// Records were appended, or it is to be asked whether they would be taken.
    public void changed(LedSegment segment) {
        if (segment.change()) {
            changed.add(segment);
            unsettled(segment);
        }
    }

    private void unsettled(LedSegment segment) {
        if (unsettled.add(segment)) {
            segment.watch(now.ns());
        }
    }

    /// The segments that this node leads of which something may wait to be committed.
    Collection<LedSegment> unsettled() {
        return unsettled;
    }

    /// Sends what there is, as far as followers take it.
    @Override
    public void flush() {
        for (LedSegment segment : changed) {
            segment.changesSent();
            for (Progress progress : segment.followers()) {
                follower(progress.nodeId()).add(progress);
            }
        }
        changed.clear();
        followers.values().forEach(this::flush);
    }

    /// What has come of the followers' answers since this was last asked.
    public News takeNews() {
        News taken = news;
        news = News.NONE;
        return taken;
    }

    /// A follower can be reached again: what was on its way to it is lost.
    @Override
    public void up(Peer peer) {
        Follower follower = follower(peer.nodeId());
        follower.reset();
        for (LedSegment segment : led.values()) {
            for (Progress progress : segment.followers()) {
                if (progress.nodeId() == peer.nodeId() && !progress.isFenced()) {
                    progress.restart(progress.durable());
                    follower.add(progress);
                }
            }
        }
    }

    /// A follower says what became of a batch.
    public void copied(Peer peer, Copied copied) {
        Follower follower = follower(peer.nodeId());
        Follower.Batch batch = follower.answered(copied.batch());
        if (batch == null || batch.runs().size() != copied.outcomes().size()) {
            return;
        }
        for (int i = 0; i < batch.runs().size(); i++) {
            Follower.Run run = batch.runs().get(i);
            LedSegment segment = run.progress().segment();
            if (!segment.isOver()) {
                long before = segment.committedRecords();
                copied(follower, run, copied.outcomes().get(i), batch.sentNs());
                if (segment.committedRecords() > before) {
                    news = News.COMMITTED;
                }
            }
        }
    }

    private void copied(Follower follower, Follower.Run run, CopyOutcome outcome, long sentNs) {
        Progress progress = run.progress();
        boolean isNews = run.epoch() == progress.epoch();
        switch (outcome.kind()) {
            case TAKEN -> {
                reached(progress, outcome.records());
                progress.confirm(sentNs);
                news = news == News.COMMITTED ? news : News.CONFIRMED;
                if (progress.taken()) {
                    follower.add(progress);
                }
            }
            case OTHER_LENGTH -> {
                reached(progress, outcome.records());
                if (isNews) {
                    goOn(follower, progress, outcome.records());
                }
            }
            case EARLY -> pause(progress, isNews, Timing.FOLLOWER_EARLY_NS);
            case NOT_FOLLOWED -> pause(progress, isNews, Timing.FOLLOWER_REFUSED_NS);
            case FAILED, FULL -> {
                progress.refused(outcome.kind() == CopyOutcome.Kind.FULL);
                pause(progress, isNews, Timing.FOLLOWER_REFUSED_NS);
            }
            case FENCED -> isOver(progress);
            case TOO_LARGE -> {
                LOG.warn(
                        "node {} can't store an entry of segment {}, which is too large for it: the segment is sealed",
                        progress.nodeId(),
                        progress.segment().key());
                isOver(progress);
            }
        }
    }

    /// The follower takes nothing more of the segment, for good.
    private void isOver(Progress progress) {
        if (!progress.isFenced()) {
            progress.fence();
            topics.fenced(progress.segment().key());
        }
    }

    /// A follower can hold no more than was sent to it. What it holds is the beginning of what was appended here, and
    /// was taken from this node before the follower took a fence.
    private void reached(Progress progress, long records) {
        if (records > progress.durable()
                && records <= progress.segment().stream().records()) {
            progress.reached(records);
        }
    }

    /// The follower's copy ends at `records`: goes on there.
    private void goOn(Follower follower, Progress progress, long records) {
        if (records <= progress.segment().stream().records()) {
            progress.restart(records);
            follower.add(progress);
        } else {
            pause(progress, true, Timing.FOLLOWER_REFUSED_NS);
        }
    }

    private void pause(Progress progress, boolean isNews, long forNs) {
        if (isNews) {
            progress.restart(progress.durable());
            stop(progress, forNs);
        }
    }

    private void stop(Progress progress, long forNs) {
        progress.stop(now.ns() + forNs);
        unsettled(progress.segment());
    }

    /// A follower has heard of a segment that it had not heard of before.
    public void follows(Peer peer, SegmentKey key) {
        LedSegment segment = led.get(key);
        if (segment == null) {
            return;
        }
        for (Progress progress : segment.followers()) {
            if (progress.nodeId() == peer.nodeId() && progress.isStopped()) {
                progress.restart(progress.durable());
                follower(peer.nodeId()).add(progress);
            }
        }
    }

    /// Tries again what was refused for a while, and gives up waiting for what takes too long.
    @Override
    public void tick() {
        long nowNs = now.ns();
        for (Iterator<LedSegment> all = unsettled.iterator(); all.hasNext(); ) {
            LedSegment segment = all.next();
            segment.giveUp(nowNs, timeoutNs);
            boolean settled = segment.isAllCommitted() || segment.isOver();
            for (Progress progress : segment.followers()) {
                if (progress.isStopped() && !progress.isStoppedUntil(nowNs)) {
                    progress.restart(progress.durable());
                    follower(progress.nodeId()).add(progress);
                }
                settled &= !progress.isStopped();
            }
            if (settled) {
                all.remove();
            }
        }
    }

    private Follower follower(long nodeId) {
        return followers.computeIfAbsent(nodeId, Follower::new);
    }

    private void flush(Follower follower) {
        Peer peer = peers.connected(follower.nodeId());
        if (peer == null) {
            return;
        }
        while (follower.takesMore()) {
            Progress progress = follower.next();
            if (progress == null) {
                break;
            }
            if (mayGo(progress)) {
                send(peer, follower, progress);
            }
        }
        if (follower.hasOpenBatch()) {
            peer.send(new PeerMessage.CopiesEnd(follower.endBatch(now.ns())));
        }
    }

    private static boolean mayGo(Progress progress) {
        return !progress.segment().isOver() && !progress.isStopped() && !progress.isFenced() && !progress.isReading();
    }

    /// Sends the next run of records, or nothing but the question whether it would be taken, if there are none.
    private void send(Peer peer, Follower follower, Progress progress) {
        LogStream stream = progress.segment().stream();
        try {
            if (engine.readAppendedRecords(stream, progress.next(), recent)) {
                send(peer, follower, progress, recent);
            } else {
                readFromDisk(follower, progress);
            }
        } catch (StorageException e) {
            cannotRead(progress, e);
        }
    }

    private void send(Peer peer, Follower follower, Progress progress, ReadBuffer read) {
        long upTo = progress.isCautious() ? progress.next() + 1 : Long.MAX_VALUE;
        RecordBlock block = RecordBlock.of(progress.next(), read, upTo);
        peer.send(new PeerMessage.Copy(progress.segment().key(), block));
        follower.sent(progress, block.byteCount());
        progress.sent(block.next());
        if (block.next() < progress.segment().stream().records() && !progress.isCautious()) {
            follower.add(progress);
        }
    }

    private void readFromDisk(Follower follower, Progress progress) {
        progress.reading(true);
        long from = progress.next();
        reads.readFromDisk(
                ReadKind.RECORDS,
                progress.segment().stream(),
                from,
                BlockReads.BLOCK_BYTES,
                (read, failure) -> readEnded(follower, progress, from, read, failure));
    }

    private void readEnded(
            Follower follower, Progress progress, long from, ReadBuffer read, @Nullable IOException failure) {
        progress.reading(false);
        if (progress.segment().isOver()) {
            // Its stream may be gone by now, of which the read may have failed.
            return;
        }
        Peer peer = peers.connected(follower.nodeId());
        if (failure != null) {
            cannotRead(progress, failure);
        } else if (from == progress.next() && !read.isEmpty() && mayGo(progress) && peer != null) {
            send(peer, follower, progress, read);
        } else {
            follower.add(progress);
        }
    }

    private void cannotRead(Progress progress, IOException failure) {
        LOG.warn(
                "segment {} can't be copied to node {}: {}",
                progress.segment().key(),
                progress.nodeId(),
                failure.getMessage());
        stop(progress, Timing.FOLLOWER_REFUSED_NS);
    }
}
