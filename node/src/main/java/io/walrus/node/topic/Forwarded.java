package io.walrus.node.topic;

import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.function.Predicate;

/// A topic's requests on their way to the node that leads it. All of them go to the leader of one and the same segment
/// at a time, so that what comes back undone keeps its place before what was asked later. Guarded by the node's lock.
public final class Forwarded {
    private static final int LEAST_EXPECTED_BYTES = 64 << 10;
    /// Entries that are shorter again are believed after so many of them.
    private static final int SLOWNESS = 16;

    private final TreeMap<Long, Slot> returnedPuts = new TreeMap<>();
    private final TreeMap<Long, Slot> returnedGets = new TreeMap<>();
    private int expectedBytes = LEAST_EXPECTED_BYTES;
    private int course;
    private long sent;
    private long segment;
    private int underWay;
    private long staleSegment;
    private long staleSinceNs;

    /// Whether a request may follow those under way, to the leader of `openSegment`. None may once one of them came
    /// back, which has to go first.
    public boolean mayFollow(long openSegment) {
        return (underWay == 0 || (segment == openSegment && returnedPuts.isEmpty() && returnedGets.isEmpty()))
                && staleSegment != openSegment;
    }

    /// A request is passed on.
    ///
    /// @return its number, greater than those of the ones before
    public long sent(long openSegment) {
        segment = openSegment;
        underWay++;
        return sent++;
    }

    /// Whether any may still come back, and then has to go before what was asked later.
    public boolean isUnderWay() {
        return underWay > 0;
    }

    /// A request was answered.
    public void ended() {
        underWay--;
    }

    /// A PUT was not taken, since `of` is not the open segment any more or about to be sealed. What waited at the
    /// other node comes back after what was sent later.
    public void putReturned(long number, Slot slot, long of, long nowNs) {
        returnedPuts.put(number, slot);
        stale(of, nowNs);
    }

    /// A GET was not taken, for the same reason.
    public void getReturned(long number, Slot slot, long of, long nowNs) {
        returnedGets.put(number, slot);
        stale(of, nowNs);
    }

    /// A GET was not carried out, as the next entry is longer than was said to fit. It begins anew, and the others that
    /// are under way with it.
    ///
    /// @param bytes the entry's length
    public void getPutOff(long number, Slot slot, int bytes) {
        returnedGets.put(number, slot);
        expectedBytes = Math.max(expectedBytes, bytes);
    }

    /// An entry of so many bytes came.
    public void handedOut(int bytes) {
        int less = expectedBytes - (expectedBytes - bytes) / SLOWNESS;
        expectedBytes = Math.max(LEAST_EXPECTED_BYTES, Math.max(bytes, less));
    }

    /// Another one once GETs begin anew.
    public int course() {
        return course;
    }

    /// How long the next entry may be: what is reserved for it.
    public int expectedBytes() {
        return expectedBytes;
    }

    private void stale(long of, long nowNs) {
        staleSegment = of;
        staleSinceNs = nowNs;
    }

    /// Tries the same segment's leader again if nothing has changed for `patienceNs`.
    public void forgive(long nowNs, long patienceNs) {
        if (staleSegment != 0 && nowNs - staleSinceNs > patienceNs) {
            staleSegment = 0;
        }
    }

    /// Whether something came back and waits for the end of what is under way.
    public boolean hasReturned() {
        return !returnedPuts.isEmpty() || !returnedGets.isEmpty();
    }

    /// Takes out, in order, what came back and is overdue: what it waits for may be under way for as long again.
    public List<Slot> takeOverdue(Predicate<Slot> isOverdue) {
        List<Slot> overdue = new ArrayList<>();
        for (NavigableMap<Long, Slot> returned : List.of(returnedPuts, returnedGets)) {
            returned.values().stream().filter(isOverdue).forEach(overdue::add);
            returned.values().removeIf(isOverdue);
        }
        return overdue;
    }

    /// Puts back what came back, before what waits, once nothing is under way.
    public void takeBack(Deque<Slot> waitingPuts, Deque<Slot> waitingGets) {
        if (underWay == 0) {
            course += returnedGets.isEmpty() ? 0 : 1;
            prepend(returnedPuts, waitingPuts);
            prepend(returnedGets, waitingGets);
        }
    }

    private static void prepend(NavigableMap<Long, Slot> returned, Deque<Slot> waiting) {
        returned.descendingMap().values().forEach(waiting::addFirst);
        returned.clear();
    }
}
