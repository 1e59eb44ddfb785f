package io.walrus.node.repair;

import io.walrus.node.peer.Asked;
import io.walrus.node.peer.PeerMessage;
import io.walrus.node.peer.RecordBlock;
import io.walrus.node.route.SegmentKey;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import org.jspecify.annotations.Nullable;

/// One copy that is to get longer, from other nodes' copies. Guarded by the node's lock.
public final class Pull implements Asked {
    /// Told how a pull has ended.
    public interface Listener {
        void ended(boolean isDone);
    }

    private final SegmentKey key;
    private final long upTo;
    private final Deque<Long> sources;
    private final Listener listener;
    private final Repairs repairs;
    private @Nullable RecordBlock block;
    private boolean asking;

    /// Makes it.
    ///
    /// @param upTo how long the copy is to be
    /// @param sources nodes to ask, in turn
    Pull(Repairs repairs, SegmentKey key, long upTo, Collection<Long> sources, Listener listener) {
        this.repairs = repairs;
        this.key = key;
        this.upTo = upTo;
        this.sources = new ArrayDeque<>(sources);
        this.listener = listener;
    }

    SegmentKey key() {
        return key;
    }

    long upTo() {
        return upTo;
    }

    Listener listener() {
        return listener;
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
        asking = false;
        if (answer instanceof PeerMessage.Records(long _, RecordBlock records)) {
            block = records;
        } else {
            nextSource();
        }
        repairs.advance(this);
    }

    /// Another node may have as much.
    @Override
    public boolean isUrgent() {
        return true;
    }

    @Override
    public void lost(String reason) {
        asking = false;
        nextSource();
        repairs.advance(this);
    }
}
