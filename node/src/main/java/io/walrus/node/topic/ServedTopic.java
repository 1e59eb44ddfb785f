package io.walrus.node.topic;

import io.walrus.metadata.CursorPosition;
import io.walrus.metadata.OpenSegment;
import io.walrus.metadata.SealedSegment;
import io.walrus.metadata.Topic;
import io.walrus.node.peer.SegmentKey;
import io.walrus.storage.engine.LogStream;
import io.walrus.storage.error.Invariants;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What this node knows and does about one topic. Guarded by the node's lock.
///
/// Which phase follows on which is drawn in `io.walrus.node.Leading`, which decides it; others ask what the phase
/// allows, such as [#isLeading] or [#acceptsEntries].
public final class ServedTopic {
    /// How far this node is with the topic's open segment.
    public enum Phase {
        /// Another node leads it.
        UNLED,
        /// This node leads it and has yet to start its stream.
        OPENING,
        /// This node leads it: entries are appended.
        LEADING,
        /// This node led it in an earlier run, or somebody else is sealing it: nothing is appended or handed out until
        /// another segment is open.
        ABANDONED,
        /// Nothing is appended any more; what was appended is about to be committed.
        FENCED,
        /// Its final length is proposed.
        SEALING
    }

    private final byte[] nameBytes;
    private final Deque<Slot> waitingPuts = new ArrayDeque<>();
    private final Deque<Slot> waitingGets = new ArrayDeque<>();
    private final List<Slot> unloggedGets = new ArrayList<>();
    private final List<Slot> sealingGets = new ArrayList<>();
    private @Nullable CursorPosition sealingCursor;
    private Topic metadata;
    private Phase phase = Phase.UNLED;
    private @Nullable LedSegment led;
    private CursorPosition cursor = new CursorPosition(1, 0);
    private CursorPosition loggedCursor = cursor;
    private long proposedAtNs;
    private @Nullable CursorPosition coldRead;
    private final Forwarded forwarded = new Forwarded();

    public ServedTopic(Topic metadata) {
        this.metadata = metadata;
        this.nameBytes = metadata.name().getBytes(StandardCharsets.UTF_8);
    }

    public String name() {
        return metadata.name();
    }

    public long topicId() {
        return metadata.topicId();
    }

    byte[] nameBytes() {
        return nameBytes;
    }

    /// The topic's chain as last applied.
    public Topic metadata() {
        return metadata;
    }

    public void metadata(Topic applied) {
        metadata = applied;
    }

    public OpenSegment open() {
        return metadata.open();
    }

    /// The open segment's key.
    public SegmentKey openKey() {
        return new SegmentKey(metadata.topicId(), metadata.open().number());
    }

    public Phase phase() {
        return phase;
    }

    /// Whether the metadata names this node the leader of the open segment, be it that it can't append to it yet, or
    /// any more.
    public boolean isLedHere() {
        return phase != Phase.UNLED;
    }

    /// Whether this node has yet to start the stream of the open segment, which it leads.
    public boolean isOpening() {
        return phase == Phase.OPENING;
    }

    /// Whether entries that are sent to this node as the leader are appended to the open segment now or soon.
    public boolean acceptsEntries() {
        return phase == Phase.OPENING || phase == Phase.LEADING;
    }

    /// Whether this node leads the open segment and has not proposed its seal: nobody was given the next one by it.
    public boolean holdsLead() {
        return acceptsEntries() || phase == Phase.FENCED;
    }

    /// Whether this node appends nothing more to the open segment and waits until all is committed.
    public boolean isFenced() {
        return phase == Phase.FENCED;
    }

    /// Whether this node has proposed the final length of the open segment.
    public boolean isSealing() {
        return phase == Phase.SEALING;
    }

    /// Whether the open segment is to be sealed without this node having a say in its length.
    public boolean isAbandoned() {
        return phase == Phase.ABANDONED;
    }

    /// Whether entries may be appended to the open segment, by this node.
    public boolean isLeading() {
        return phase == Phase.LEADING;
    }

    /// The open segment as this node leads it.
    ///
    /// @throws NullPointerException while it doesn't
    public LedSegment led() {
        return Objects.requireNonNull(led, "the open segment is not led here");
    }

    /// The open segment as this node leads or led it, or null if it never did in this run.
    public @Nullable LedSegment ledIfAny() {
        return led;
    }

    /// This node's copy of the open segment, which it leads.
    public LogStream stream() {
        return led().stream();
    }

    /// Another node leads the open segment, so all that this one knew of it is void.
    public void unled() {
        go(Phase.UNLED);
        led = null;
    }

    /// This node leads the open segment, once it has started its stream.
    public void opening() {
        go(Phase.OPENING);
        led = null;
    }

    /// Entries are appended from here on.
    public void leading(LedSegment opened) {
        Invariants.check(phase == Phase.OPENING, "a segment is led once it is open");
        go(Phase.LEADING);
        led = opened;
    }

    /// This node appends nothing more to the open segment, and can't say what becomes of it.
    public void abandoned() {
        Invariants.check(holdsLead(), "what is abandoned was led, and no seal of it proposed");
        go(Phase.ABANDONED);
    }

    /// From here on nothing is appended to the open segment; its length is known once all of it is committed.
    public void fenced() {
        Invariants.check(phase == Phase.LEADING, "only what is led is ended at its length");
        go(Phase.FENCED);
    }

    /// The length of the open segment is proposed, for the first time or again.
    public void sealing(long nowNs) {
        Invariants.check(phase == Phase.FENCED || phase == Phase.SEALING, "what is sealed was fenced before");
        go(Phase.SEALING);
        proposedAtNs = nowNs;
    }

    private void go(Phase next) {
        phase = next;
    }

    /// Committed entries of the open segment, as far as it is led here.
    public long openEntries() {
        return led == null ? 0 : led.committedEntries();
    }

    public long proposedAtNs() {
        return proposedAtNs;
    }

    /// PUTs that wait until they can be appended, or passed on to the leader, oldest first; each holds its payload.
    public Deque<Slot> waitingPuts() {
        return waitingPuts;
    }

    /// GETs that wait for a read or a commit, or to be passed on to the leader, oldest first.
    public Deque<Slot> waitingGets() {
        return waitingGets;
    }

    /// GETs that hold their entry and wait for the cursor's record.
    public List<Slot> unloggedGets() {
        return unloggedGets;
    }

    /// GETs that hold their entry and wait until the open segment is sealed with a cursor behind it.
    public List<Slot> sealingGets() {
        return sealingGets;
    }

    /// The cursor with which this node proposed to seal the open segment, or null if it did not.
    public @Nullable CursorPosition sealingCursor() {
        return sealingCursor;
    }

    public void sealingCursor(@Nullable CursorPosition proposed) {
        sealingCursor = proposed;
    }

    /// Where the next entry to hand out lies.
    public CursorPosition cursor() {
        return cursor;
    }

    public void cursor(CursorPosition next) {
        cursor = next;
    }

    /// The cursor as the log has it.
    public CursorPosition loggedCursor() {
        return loggedCursor;
    }

    public void loggedCursor(CursorPosition position) {
        loggedCursor = position;
    }

    /// Requests under way to the node that leads the topic.
    public Forwarded forwarded() {
        return forwarded;
    }

    /// Whether nothing waits that time or room in the log could help on.
    public boolean isIdle() {
        return phase != Phase.OPENING
                && phase != Phase.ABANDONED
                && waitingPuts.isEmpty()
                && waitingGets.isEmpty()
                && unloggedGets.isEmpty()
                && sealingGets.isEmpty()
                && !forwarded.isUnderWay();
    }

    /// Whether entries were handed out that the log doesn't know of yet.
    public boolean hasUnloggedCursor() {
        return !unloggedGets.isEmpty();
    }

    /// Where the entry lies that is being read for GETs, or null if none is.
    public @Nullable CursorPosition coldRead() {
        return coldRead;
    }

    public void coldRead(@Nullable CursorPosition position) {
        coldRead = position;
    }

    /// The number of the first segment of the chain behind this one.
    public long segmentAfter(long segment) {
        Map.Entry<Long, SealedSegment> next = metadata.sealed().higherEntry(segment);
        return next == null ? metadata.open().number() : next.getKey();
    }
}
