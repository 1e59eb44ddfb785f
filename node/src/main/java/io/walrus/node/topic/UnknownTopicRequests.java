package io.walrus.node.topic;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/// Requests about a topic or segment this node has not heard of. Another node may just have created it, so they wait
/// until this node surely knows all that was decided before they came. Guarded by the node's lock.
public final class UnknownTopicRequests {
    /// A request, with a copy of its frame.
    public record Held(Slot slot, ByteBuffer frame, long sinceNs) {}

    private List<Held> held = new ArrayList<>();

    /// Lets a request wait.
    ///
    /// @param frame its body, from position to limit, which is copied
    public void add(Slot slot, ByteBuffer frame, long nowNs) {
        ByteBuffer copy = ByteBuffer.allocate(frame.remaining());
        copy.put(0, frame, frame.position(), frame.remaining());
        slot.hold(copy);
        held.add(new Held(slot, copy, nowNs));
    }

    public boolean isEmpty() {
        return held.isEmpty();
    }

    /// Takes all that waits, oldest first.
    public List<Held> take() {
        List<Held> taken = held;
        held = new ArrayList<>();
        return taken;
    }

    /// Lets a request wait on, behind those that wait already.
    public void keep(Held request) {
        held.add(request);
    }
}
