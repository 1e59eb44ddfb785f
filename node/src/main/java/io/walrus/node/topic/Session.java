package io.walrus.node.topic;

import java.util.Objects;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// One client connection as the node sees it: the requests under way, in the order they came in.
///
/// Requests are added, and replies taken, by the connection's own thread only.
public final class Session implements SlotOwner {
    private static final int FIRST_CAPACITY = 16;

    /// Payload bytes waiting in a session, in either direction, above which it takes no further request.
    private static final long MAX_HELD_BYTES = 4 << 20;

    private final AtomicLong heldBytes = new AtomicLong();
    private final Runnable wake;
    private final int maxUnderWay;
    private @Nullable Slot[] slots = new @Nullable Slot[FIRST_CAPACITY];
    private long head;
    private long tail;

    /// Makes a session.
    ///
    /// @param maxUnderWay requests under way at most, 1 or more
    /// @param wake called when a reply that had to be waited for is known; from any thread, must not block
    public Session(int maxUnderWay, Runnable wake) {
        this.maxUnderWay = maxUnderWay;
        this.wake = wake;
    }

    /// Whether one more request may be taken.
    public boolean hasRoom() {
        return tail - head < maxUnderWay && heldBytes.get() < MAX_HELD_BYTES;
    }

    @Override
    public void hold(int bytes) {
        heldBytes.addAndGet(bytes);
    }

    /// Requests under way.
    public int underWay() {
        return (int) (tail - head);
    }

    /// Adds the reply of the request that came in last; it is open.
    public Slot add() {
        if (tail - head == slots.length) {
            grow();
        }
        int index = (int) (tail & (slots.length - 1));
        Slot slot = slots[index];
        if (slot == null) {
            slot = new Slot(this);
            slots[index] = slot;
        }
        slot.open();
        tail++;
        return slot;
    }

    /// Takes back the slot added last, for a request that has to be taken up again later.
    public void removeLast() {
        tail--;
    }

    /// Nothing to do: the connection looks at its slots whenever the log has committed more.
    @Override
    public void logged(Slot slot) {}

    @Override
    public void wake(Slot slot) {
        wake.run();
    }

    /// Hands over the replies known by now, in order, up to the first that isn't.
    ///
    /// @param logFailure why nothing more will be committed, or null while the log is well
    /// @return the number of replies handed over
    public int deliver(ReplySink sink, @Nullable String logFailure) {
        int delivered = 0;
        while (head < tail && sink.hasRoom()) {
            Slot slot = Objects.requireNonNull(slots[(int) (head & (slots.length - 1))]);
            if (!slot.deliver(sink, logFailure)) {
                break;
            }
            head++;
            delivered++;
        }
        return delivered;
    }

    private void grow() {
        @Nullable Slot[] grown = new @Nullable Slot[slots.length * 2];
        for (long i = head; i < tail; i++) {
            grown[(int) (i & (grown.length - 1))] = slots[(int) (i & (slots.length - 1))];
        }
        slots = grown;
    }
}
