package io.walrus.testkit.cluster;

import io.walrus.testkit.disk.SimClock;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.PriorityQueue;
import java.util.SplittableRandom;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/// What is to happen and when, the one source of chance, and the last that did happen.
class Timeline {
    private static final int KEPT = Integer.getInteger("walrus.sim.story", 60);
    private static final long MAX_EVENTS = 20_000_000;
    private static final int MAX_NOTE_CHARS = 240;

    private record Event(long atNs, long number, Runnable action) implements Comparable<Event> {
        @Override
        public int compareTo(Event other) {
            return atNs != other.atNs ? Long.compare(atNs, other.atNs) : Long.compare(number, other.number);
        }
    }

    private record Note(long atNs, String what) {
        @Override
        public String toString() {
            String line = what.length() > MAX_NOTE_CHARS ? what.substring(0, MAX_NOTE_CHARS) + "…" : what;
            return "%,13d µs  %s".formatted(atNs / 1_000, line);
        }
    }

    private final SimClock clock = new SimClock();
    private final SplittableRandom random;
    private final PriorityQueue<Event> queue = new PriorityQueue<>();
    private final Deque<Note> notes = new ArrayDeque<>();
    private Runnable afterEach = () -> {};
    private long nextNumber;
    private long events;
    private long hash;

    Timeline(SplittableRandom random) {
        this.random = random;
    }

    /// Has something run after each event.
    void afterEach(Runnable what) {
        afterEach = what;
    }

    SimClock clock() {
        return clock;
    }

    long nowNs() {
        return clock.nanoTime();
    }

    SplittableRandom random() {
        return random;
    }

    long events() {
        return events;
    }

    /// A number that differs as soon as two runs do.
    long fingerprint() {
        return hash;
    }

    /// True `percent` times in a hundred.
    boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    /// One of `bound` things, counted from 0.
    int pick(int bound) {
        return random.nextInt(bound);
    }

    /// A time up to `maxUs` microseconds, most often a short one.
    long delayNs(long maxUs) {
        long bound = Math.max(1, maxUs >> random.nextInt(5));
        return random.nextLong(bound) * 1_000;
    }

    void at(long whenNs, Runnable action) {
        queue.add(new Event(Math.max(whenNs, nowNs()), nextNumber++, action));
    }

    void after(long delayNs, Runnable action) {
        at(nowNs() + delayNs, action);
    }

    /// Lets things happen until a condition holds.
    ///
    /// @return false if it didn't before `untilNs`
    boolean runUntil(BooleanSupplier condition, long untilNs) {
        while (!condition.getAsBoolean()) {
            Event next = queue.peek();
            if (next == null || next.atNs > untilNs) {
                clock.advance(Math.max(0, untilNs - nowNs()));
                return condition.getAsBoolean();
            }
            if (++events > MAX_EVENTS) {
                throw new ClusterFailure(BrokenPromise.NOT_SERVED, "the run never ends");
            }
            queue.remove();
            clock.advance(next.atNs - nowNs());
            next.action.run();
            afterEach.run();
        }
        return true;
    }

    /// Writes down what happened, for the message of a failure.
    void note(String what) {
        hash = 31 * hash + what.hashCode() + nowNs();
        notes.add(new Note(nowNs(), what));
        if (notes.size() > KEPT) {
            notes.remove();
        }
    }

    /// The last things that happened.
    String story() {
        return notes.stream().map(Note::toString).collect(Collectors.joining("\n    "));
    }
}
