package io.walrus.node.topic;

import io.walrus.protocol.ErrorTexts;
import java.nio.ByteBuffer;
import java.util.Objects;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/// One client connection as the node sees it: the requests under way, in the order they came in.
///
/// Requests are added, and replies taken, by the connection's own thread only.
///
/// A request whose reply may not be held is parked before it has done anything, and so are all of this connection that
/// come behind it: GETs of one connection get their entries in order. They go on once replies have left.
public final class Session implements SlotOwner {
    private static final int FIRST_CAPACITY = 16;

    /// Bytes of entries that are yet to be read above which a session takes no further request.
    private static final long MAX_EXPECTED_BYTES = 4 << 20;

    private static final String NO_MEMORY =
            ErrorTexts.notReady("the replies that clients have yet to read take all memory that there is for them");

    private static final ReplySink NOBODY = new ReplySink() {
        @Override
        public boolean hasRoom() {
            return true;
        }

        @Override
        public void ok() {}

        @Override
        public void ok(ByteBuffer payload) {}

        @Override
        public void okFetched(long nextOffset, ByteBuffer payload) {}

        @Override
        public void json(String body) {}

        @Override
        public void empty() {}

        @Override
        public void error(String message) {}
    };

    private record Parked(Slot slot, int bytes, Runnable again) {}

    private final ClientMemory memory;
    private final AtomicLong heldBytes = new AtomicLong();
    private final AtomicLong expectedBytes = new AtomicLong();
    private final Runnable wake;
    /// Guarded by the node's lock.
    private final TreeMap<Long, Parked> parked = new TreeMap<>();
    private volatile boolean hasParked;
    /// The request whose reply is next, while parked ones go on: what is held behind it can't leave before.
    private long nextPosition = -1;
    private final int maxUnderWay;
    private @Nullable Slot[] slots = new @Nullable Slot[FIRST_CAPACITY];
    private long head;
    private long tail;

    /// Makes a session.
    ///
    /// @param memory shared by all sessions
    /// @param maxUnderWay requests under way at most, 1 or more
    /// @param wake called when a reply that had to be waited for is known; from any thread, must not block
    public Session(ClientMemory memory, int maxUnderWay, Runnable wake) {
        this.memory = memory;
        this.maxUnderWay = maxUnderWay;
        this.wake = wake;
    }

    /// Whether one more request may be taken.
    public boolean hasRoom() {
        return takesMore() && memory.allowsMore(heldBytes.get());
    }

    /// Whether a request may be taken that has memory already, and lets go of it when it is taken.
    public boolean hasRoomForReceived() {
        return takesMore() && heldBytes.get() < ClientMemory.MAX_HELD_BYTES;
    }

    private boolean takesMore() {
        return tail - head < maxUnderWay && !hasParked && expectedBytes.get() < MAX_EXPECTED_BYTES;
    }

    /// Whether the connection may hold on to so many bytes more of what it has to send or has received.
    public boolean mayHold(int bytes) {
        return memory.allows(heldBytes.get(), bytes);
    }

    @Override
    public void hold(int bytes) {
        heldBytes.addAndGet(bytes);
        memory.hold(bytes);
    }

    @Override
    public void expect(int bytes) {
        expectedBytes.addAndGet(bytes);
    }

    @Override
    public boolean mayHold(Slot slot, int bytes) {
        if (slot.position() == nextPosition) {
            return memory.allowsOne(bytes);
        }
        return (parked.isEmpty() || slot.position() <= parked.firstKey()) && mayHold(bytes);
    }

    @Override
    public void park(Slot slot, int bytes, Runnable again) {
        parked.put(slot.position(), new Parked(slot, bytes, again));
        hasParked = true;
        // What it waits for may be over by now.
        wake.run();
    }

    /// Whether requests are parked.
    public boolean hasParked() {
        return hasParked;
    }

    /// Has parked requests go on, as far as their replies may be held now. With the node's lock held. The one whose
    /// reply is next needs no more than that memory is left; it is refused if none is for too long.
    public void resumeParked(long nowNs, long patienceNs) {
        while (!parked.isEmpty()) {
            Parked first = parked.firstEntry().getValue();
            nextPosition = head;
            if (mayHold(first.slot, first.bytes)) {
                parked.remove(first.slot.position());
                first.again.run();
            } else if (first.slot.position() == head && nowNs - first.slot.parkedSinceNs() > patienceNs) {
                parked.remove(first.slot.position());
                first.slot.error(NO_MEMORY);
            } else {
                break;
            }
        }
        nextPosition = -1;
        hasParked = !parked.isEmpty();
    }

    /// Nobody will read replies any more: parked requests are given up. With the node's lock held.
    public void abandon() {
        parked.values().forEach(each -> each.slot.error(NO_MEMORY));
        parked.clear();
        hasParked = false;
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
        slot.open(tail);
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

    /// Lets go of the replies known by now, which nobody will read.
    public void discard(@Nullable String logFailure) {
        int _ = deliver(NOBODY, logFailure);
    }

    /// Bytes that the session and its connection hold.
    public long heldBytes() {
        return heldBytes.get();
    }

    private void grow() {
        @Nullable Slot[] grown = new @Nullable Slot[slots.length * 2];
        for (long i = head; i < tail; i++) {
            grown[(int) (i & (grown.length - 1))] = slots[(int) (i & (slots.length - 1))];
        }
        slots = grown;
    }
}
