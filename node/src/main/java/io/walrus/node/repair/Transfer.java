package io.walrus.node.repair;

import io.walrus.node.peer.PeerMessage;
import io.walrus.node.peer.PendingAnswer;
import io.walrus.node.peer.RecordBlock;
import io.walrus.node.peer.SegmentKey;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/// One copy that is to get longer, from other nodes' copies. Guarded by the node's lock.
final class Transfer implements PendingAnswer {
    /// What it is for.
    enum Kind {
        /// Somebody waits for it.
        FILL,
        COPY,
        /// The copy takes the place of a damaged one, which stays until the new one is whole.
        REPLACE
    }

    private final Transfers transfers;
    private final SegmentKey key;
    private final long upTo;
    private final Deque<Long> sources;
    private final Kind kind;
    private final Consumer<Boolean> ended;
    private @Nullable RecordBlock block;
    private boolean asking;

    /// @param upTo how long the copy is to be
    /// @param sources nodes to ask, in turn
    /// @param ended is told whether it worked
    Transfer(
            Transfers transfers,
            SegmentKey key,
            long upTo,
            Collection<Long> sources,
            Kind kind,
            Consumer<Boolean> ended) {
        this.transfers = transfers;
        this.key = key;
        this.upTo = upTo;
        this.sources = new ArrayDeque<>(sources);
        this.kind = kind;
        this.ended = ended;
    }

    SegmentKey key() {
        return key;
    }

    long upTo() {
        return upTo;
    }

    /// Whether somebody waits for it.
    boolean isUrgent() {
        return kind == Kind.FILL;
    }

    boolean isReplacing() {
        return kind == Kind.REPLACE;
    }

    void ended(boolean isDone) {
        ended.accept(isDone);
    }

    /// The node to ask next, or null if all were asked and had nothing.
    @Nullable
    Long source() {
        return sources.peek();
    }

    /// The node that was asked has nothing to give, or doesn't answer.
    void nextSource() {
        sources.remove();
    }

    boolean isAsking() {
        return asking;
    }

    void asking() {
        asking = true;
    }

    /// Records that have come and are yet to be stored.
    @Nullable
    RecordBlock block() {
        return block;
    }

    void stored() {
        block = null;
    }

    @Override
    public void answered(PeerMessage.Answer answer) {
        came(answer instanceof PeerMessage.Block(long _, RecordBlock records) ? records : null);
    }

    /// The one that was asked has given records, or null if there are none to be had from it.
    void came(@Nullable RecordBlock records) {
        asking = false;
        if (records == null) {
            nextSource();
        } else {
            block = records;
            transfers.came(this, records);
        }
        transfers.advance(this);
    }

    /// Another node may have as much.
    @Override
    public boolean isImpatient() {
        return true;
    }

    @Override
    public void lost(String reason) {
        came(null);
    }
}
